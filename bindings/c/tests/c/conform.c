/* Scores a table and prints every field of every card as `code,field,value`, for the conformance
 * suite: conform STANDARD TABLE, or conform CAMPAIGN for the scores of a whole campaign. STANDARD
 * is a path, or builtin:ID. Faults are printed as JSON. */

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dabiao.h>

static const char *const FLAGS[] = {"provisional", "imputed", "grade-taken", "no-total"};

static void points(const char *code, const char *field, int64_t scaled, uint32_t decimals) {
  printf("%s,%s,", code, field);
  if (scaled != DABIAO_NO_POINTS) {
    uint64_t unit = 1, size = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
    for (uint32_t i = 0; i < decimals; i++) unit *= 10;
    printf("%s%" PRIu64, scaled < 0 ? "-" : "", size / unit);
    if (decimals > 0) printf(".%0*" PRIu64, (int)decimals, size % unit);
  }
  putchar('\n');
}

static const char *code_of(const dabiao_standard *standard, int32_t kind, size_t index) {
  dabiao_part part;
  if (dabiao_standard_part(standard, kind, index, &part) != DABIAO_OK) exit(3);
  return part.code;
}

/* Prints the bonuses or deductions that are undecided, and gives what stands before the next. */
static const char *extras(const dabiao_standard *standard, const dabiao_scores *scores, size_t row,
                          int32_t kind, size_t count, const char *between) {
  size_t rows = dabiao_scores_rows(scores);
  int32_t *states = calloc(rows, sizeof *states);
  int32_t part = kind == DABIAO_RESULT_BONUS_STATE ? DABIAO_PART_BONUS : DABIAO_PART_DEDUCTION;
  for (size_t i = 0; i < count; i++) {
    if (dabiao_scores_results(scores, kind, i, DABIAO_ORDER_CODE, states, 0, rows) != DABIAO_OK) exit(3);
    if (!(states[row] & DABIAO_STATE_UNDECIDED)) continue;
    printf("%s%s", between, code_of(standard, part, i));
    between = ";";
  }
  free(states);
  return between;
}

static int fail(void) {
  puts(dabiao_last_error_faults());
  return 2;
}

int main(int argc, char **argv) {
  dabiao_standard *standard = NULL;
  dabiao_observations *table = NULL;
  dabiao_campaign *campaign = NULL;
  dabiao_scores *scores = NULL;
  dabiao_standard_info info;
  if (argc == 2) {
    if (dabiao_campaign_run_file(argv[1], NULL, &campaign) != DABIAO_OK) return fail();
    if (dabiao_campaign_scores(campaign, &scores) != DABIAO_OK) return 3;
    if (dabiao_scores_standard(scores, &standard) != DABIAO_OK) return 3;
  } else {
    if (argc != 3) return 3;
    dabiao_status read = strncmp(argv[1], "builtin:", 8) == 0
                             ? dabiao_standard_builtin(argv[1] + 8, &standard)
                             : dabiao_standard_from_file(argv[1], &standard);
    if (read != DABIAO_OK) return fail();
    if (dabiao_observations_from_file(standard, argv[2], &table) != DABIAO_OK) return fail();
    if (dabiao_score(standard, table, NULL, &scores) != DABIAO_OK) return fail();
  }
  if (dabiao_standard_about(standard, &info) != DABIAO_OK) return 3;

  dabiao_card card;
  dabiao_card_parts parts = {0};
  parts.section_points = calloc(info.sections + 1, sizeof(int64_t));
  parts.sections = info.sections;
  parts.item_points = calloc(info.items + 1, sizeof(int64_t));
  parts.item_states = calloc(info.items + 1, 1);
  parts.items = info.items;
  parts.bonus_points = calloc(info.bonuses + 1, sizeof(int64_t));
  parts.bonuses = info.bonuses;
  parts.deduction_points = calloc(info.deductions + 1, sizeof(int64_t));
  parts.deductions = info.deductions;
  parts.veto_states = calloc(info.vetoes + 1, 1);
  parts.vetoes = info.vetoes;
  for (size_t row = 0; row < dabiao_scores_rows(scores); row++) {
    const char *code = dabiao_scores_code(scores, row), *between;
    if (dabiao_scores_card(scores, row, &card, &parts) != DABIAO_OK) return 3;
    const struct {
      int32_t kind;
      size_t count;
      const int64_t *points;
    } lists[] = {{DABIAO_PART_SECTION, info.sections, parts.section_points},
                 {DABIAO_PART_ITEM, info.items, parts.item_points},
                 {DABIAO_PART_BONUS, info.bonuses, parts.bonus_points},
                 {DABIAO_PART_DEDUCTION, info.deductions, parts.deduction_points}};
    for (size_t list = 0; list < sizeof lists / sizeof *lists; list++) {
      for (size_t i = 0; i < lists[list].count; i++) {
        points(code, code_of(standard, lists[list].kind, i), lists[list].points[i], card.decimals);
      }
    }
    points(code, "total", card.total, card.total_decimals);
    points(code, "total_before_bonus", card.total_before_bonus, card.total_decimals);
    points(code, "bonus", card.bonus, card.decimals);
    points(code, "deductions", card.deductions, card.decimals);
    printf("%s,grade,%s\n", code,
           card.grade == DABIAO_NO_GRADE
               ? ""
               : code_of(standard, DABIAO_PART_GRADE, (size_t)card.grade));
    printf("%s,rank,", code);
    if (card.rank > 0) printf("%" PRIu32, card.rank);
    printf("\n%s,vetoes,", code);
    between = "";
    for (size_t i = 0; i < info.vetoes; i++) {
      if (parts.veto_states[i] != DABIAO_VETO_HOLDS) continue;
      printf("%s%s", between, code_of(standard, DABIAO_PART_VETO, i));
      between = ";";
    }
    printf("\n%s,missing,", code);
    between = "";
    for (size_t i = 0; i < info.items; i++) {
      if (!(parts.item_states[i] & DABIAO_STATE_MISSING)) continue;
      printf("%s%s", between, code_of(standard, DABIAO_PART_ITEM, i));
      between = ";";
    }
    printf("\n%s,undecided,", code);
    between = "";
    for (size_t i = 0; i < info.vetoes; i++) {
      if (parts.veto_states[i] != DABIAO_VETO_UNDECIDED) continue;
      printf("%s%s", between, code_of(standard, DABIAO_PART_VETO, i));
      between = ";";
    }
    for (size_t i = 0; i < info.items; i++) {
      if (!(parts.item_states[i] & DABIAO_STATE_UNDECIDED)) continue;
      printf("%s%s", between, code_of(standard, DABIAO_PART_ITEM, i));
      between = ";";
    }
    between = extras(standard, scores, row, DABIAO_RESULT_BONUS_STATE, info.bonuses, between);
    extras(standard, scores, row, DABIAO_RESULT_DEDUCTION_STATE, info.deductions, between);
    printf("\n%s,flags,", code);
    between = "";
    for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++) {
      if (!(card.flags & (UINT32_C(1) << i))) continue;
      printf("%s%s", between, FLAGS[i]);
      between = ";";
    }
    putchar('\n');
  }
  free(parts.section_points);
  free(parts.item_points);
  free(parts.item_states);
  free(parts.bonus_points);
  free(parts.deduction_points);
  free(parts.veto_states);
  dabiao_scores_free(scores);
  dabiao_campaign_free(campaign);
  dabiao_observations_free(table);
  dabiao_standard_free(standard);
  return 0;
}
