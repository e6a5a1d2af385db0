/* A city at once, from columns in memory: cc batch.c $(pkg-config --cflags --libs dabiao) */

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <dabiao.h>

/* A row as a system may hold it; the columns are read out of it in place. */
typedef struct {
  const char *code;
  const char *district;
  double coverage;
  int32_t workers;
  int32_t residents;
  int8_t meetings;
  uint8_t meetings_state; /* DABIAO_VALUE, DABIAO_MISSING or DABIAO_NOT_APPLICABLE */
  const char *cases;      /* as somebody typed it */
  int64_t total;          /* filled by the library */
} community;

static community city[] = {
    {"3702", "环翠区", 100.0, 12, 6000, 3, DABIAO_VALUE, "1,204", 0},
    {"3701", "环翠区", 97.5, 9, 7400, 0, DABIAO_MISSING, "８８", 0},
    {"3704", "文登区", 91.25, 11, 5100, 0, DABIAO_NOT_APPLICABLE, NULL, 0},
    {"3703", "文登区", 88.0, 8, 9000, 2, DABIAO_VALUE, "0", 0},
};
enum { ROWS = sizeof city / sizeof *city };

static int failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, dabiao_last_error_message(DABIAO_LANG_EN));
  return EXIT_FAILURE;
}

/* Returns 0 to go on, anything else to stop. */
static int32_t progress(void *user, size_t done, size_t all) {
  size_t *calls = user;
  ++*calls;
  return done > all;
}

static dabiao_column column(const char *name, int32_t type, const void *first) {
  dabiao_column made = {0};
  made.name = name;
  made.type = type;
  made.values = first;
  made.stride = (ptrdiff_t)sizeof(community);
  return made;
}

int main(void) {
  dabiao_standard *standard = NULL;
  dabiao_observations *observations = NULL;
  dabiao_scores *scores = NULL;
  int result = EXIT_FAILURE;
  size_t calls = 0;
  int32_t ranks[ROWS];
  double section[ROWS];

  if (dabiao_standard_builtin("weihai-2020", &standard) != DABIAO_OK) {
    result = failed("standard");
    goto done;
  }
  dabiao_column columns[] = {
      column("code", DABIAO_TYPE_TEXT, &city->code),
      column("district", DABIAO_TYPE_TEXT, &city->district),
      column("organisation_coverage", DABIAO_TYPE_FLOAT64, &city->coverage),
      column("community_workers", DABIAO_TYPE_INT32, &city->workers),
      column("residents", DABIAO_TYPE_INT32, &city->residents),
      column("deliberation_meetings", DABIAO_TYPE_INT8, &city->meetings),
      column("grid_cases_reported", DABIAO_TYPE_TEXT, &city->cases),
  };
  columns[5].states = &city->meetings_state;
  columns[5].states_stride = (ptrdiff_t)sizeof(community);

  if (dabiao_observations_from_columns(standard, columns, sizeof columns / sizeof *columns, ROWS,
                                       &observations) != DABIAO_OK) {
    result = failed("observations");
    goto done;
  }
  dabiao_score_options options = {0};
  options.threads = 2;
  options.progress = progress;
  options.user = &calls;
  if (dabiao_score(standard, observations, &options, &scores) != DABIAO_OK) {
    result = failed("score");
    goto done;
  }

  /* Totals straight into the rows; places and section 1 into arrays, in the rows' order too. */
  if (dabiao_scores_points(scores, DABIAO_POINTS_TOTAL, 0, DABIAO_ORDER_INPUT, &city->total,
                           (ptrdiff_t)sizeof(community), ROWS) != DABIAO_OK ||
      dabiao_scores_results(scores, DABIAO_RESULT_RANK, 0, DABIAO_ORDER_INPUT, ranks, 0, ROWS) !=
          DABIAO_OK ||
      dabiao_scores_values(scores, DABIAO_POINTS_SECTION, 0, DABIAO_ORDER_INPUT, section, 0,
                           ROWS) != DABIAO_OK) {
    result = failed("results");
    goto done;
  }
  printf("code  total (in hundredths)  place  section 1\n");
  for (size_t i = 0; i < ROWS; i++) {
    printf("%s  %" PRId64 "  %" PRId32 "  %.2f\n", city[i].code, city[i].total, ranks[i], section[i]);
  }
  printf("progress was told %s\n", calls > 0 ? "so" : "nothing");
  result = EXIT_SUCCESS;

done:
  dabiao_scores_free(scores);
  dabiao_observations_free(observations);
  dabiao_standard_free(standard);
  return result;
}
