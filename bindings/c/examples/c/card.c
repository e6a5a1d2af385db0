/* One community, from numbers to a card: cc card.c $(pkg-config --cflags --libs dabiao) */

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <dabiao.h>

/* What a bureau's system knows of the community, by the names of the standard. */
static const struct {
  const char *measure;
  double value;
} KNOWN[] = {
    {"organisation_coverage", 97.5}, /* a number is in its measure's unit: 97.5% */
    {"community_workers", 12},
    {"residents", 8000},
    {"training_hours", 36},
    {"duty_rules", 1}, /* yes */
    {"household_visits", 1},
    {"duty_rota", 1},
    {"performance_appraisal", 0}, /* no */
    {"compounds", 5},
    {"red_compounds", 4},
    {"activities", 11},
};

static int failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, dabiao_last_error_message(DABIAO_LANG_EN));
  return EXIT_FAILURE;
}

/* Points are whole numbers of 10^-decimals; print them with exactly that many digits. */
static void print_points(int64_t points, uint32_t decimals) {
  if (points == DABIAO_NO_POINTS) {
    printf("-");
    return;
  }
  int64_t unit = 1;
  for (uint32_t i = 0; i < decimals; i++) unit *= 10;
  printf("%" PRId64, points / unit);
  if (decimals > 0) printf(".%0*" PRId64, (int)decimals, points % unit);
}

static int score(dabiao_scorer *scorer, const dabiao_standard *standard) {
  dabiao_standard_info info;
  if (dabiao_standard_about(standard, &info) != DABIAO_OK) return failed("about");

  double *values = calloc(info.measures, sizeof *values);
  uint8_t *states = malloc(info.measures);
  int64_t *sections = malloc(info.sections * sizeof *sections);
  int64_t *items = malloc(info.items * sizeof *items);
  uint8_t *item_states = malloc(info.items);
  int result = EXIT_FAILURE;
  if (!values || !states || !sections || !items || !item_states) goto done;

  for (size_t i = 0; i < info.measures; i++) states[i] = DABIAO_MISSING;
  for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
    size_t at;
    if (dabiao_standard_find_measure(standard, KNOWN[i].measure, &at) != DABIAO_OK) {
      result = failed(KNOWN[i].measure);
      goto done;
    }
    values[at] = KNOWN[i].value;
    states[at] = DABIAO_VALUE;
  }

  dabiao_card card;
  dabiao_card_parts parts = {0};
  parts.section_points = sections;
  parts.sections = info.sections;
  parts.item_points = items;
  parts.item_states = item_states;
  parts.items = info.items;
  if (dabiao_scorer_score(scorer, values, states, info.measures, &card, &parts) != DABIAO_OK) {
    result = failed("score");
    goto done;
  }

  printf("%s (%s)\n", info.title_en, info.id);
  printf("total ");
  print_points(card.total, card.total_decimals);
  printf(" of %g", info.full_marks);
  dabiao_part grade;
  if (card.grade != DABIAO_NO_GRADE &&
      dabiao_standard_part(standard, DABIAO_PART_GRADE, (size_t)card.grade, &grade) == DABIAO_OK) {
    printf(", grade %s", grade.title_en);
  }
  printf("%s\n", card.flags & DABIAO_FLAG_PROVISIONAL ? ", provisional" : "");
  for (size_t i = 0; i < info.sections; i++) {
    dabiao_part section;
    if (dabiao_standard_part(standard, DABIAO_PART_SECTION, i, &section) != DABIAO_OK) continue;
    printf("  %s %s: ", section.code, section.title_en);
    print_points(sections[i], card.decimals);
    printf(" of %g\n", section.points);
  }
  size_t missing = 0;
  for (size_t i = 0; i < info.items; i++) missing += (item_states[i] & DABIAO_STATE_MISSING) != 0;
  printf("items with a missing value: %zu of %zu\n", missing, info.items);
  result = EXIT_SUCCESS;

done:
  free(values);
  free(states);
  free(sections);
  free(items);
  free(item_states);
  return result;
}

int main(void) {
  if (dabiao_abi_version() != DABIAO_ABI_VERSION) {
    fprintf(stderr, "this program needs ABI %d of dabiao\n", DABIAO_ABI_VERSION);
    return EXIT_FAILURE;
  }
  dabiao_standard *standard = NULL;
  if (dabiao_standard_builtin("weihai-2020", &standard) != DABIAO_OK) return failed("standard");
  dabiao_scorer *scorer = NULL;
  int result = EXIT_FAILURE;
  if (dabiao_scorer_new(standard, NULL, &scorer) == DABIAO_OK) {
    result = score(scorer, standard);
  } else {
    failed("scorer");
  }
  dabiao_scorer_free(scorer);
  dabiao_standard_free(standard);
  return result;
}
