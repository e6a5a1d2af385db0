/* Grids and campaigns, and how they are called wrongly: grid FOLDER, the folder of the campaign
 * that was worked out by hand. Prints nothing but its last line. */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dabiao.h>

#define EXPECT(condition)                                        \
  do {                                                           \
    if (!(condition)) {                                          \
      fprintf(stderr, "line %d: %s: %s\n", __LINE__, #condition, \
              dabiao_last_error_message(DABIAO_LANG_EN));        \
      exit(1);                                                   \
    }                                                            \
  } while (0)
#define SAYS(word) EXPECT(strstr(dabiao_last_error_message(DABIAO_LANG_EN), word) != NULL)
#define LISTS(word) EXPECT(strstr(dabiao_last_error_faults(), word) != NULL)

static const char *code[] = {"s", "c", "g1", "g2", "b1", "b2", "x"};
static const char *level[] = {"street", "community", "grid", "grid", "楼宇", "building", "小区"};
static const char *parent[] = {NULL, "s", "c", "c", "g1", "g2", "c"};
static const int8_t organisation[] = {1, 1, 1, 0, 1, 0, 0};
static const uint8_t organisation_states[] = {0, 0, 0, 0, 0, DABIAO_MISSING, DABIAO_MISSING};
static const int64_t households[] = {0, 700, 350, 360, 80, 90, 0};
enum { ROWS = sizeof code / sizeof *code, COLUMNS = 5 };

static dabiao_column columns[COLUMNS];

static void set_columns(void) {
  const dabiao_column blank = {0};
  for (size_t i = 0; i < COLUMNS; i++) columns[i] = blank;
  for (size_t i = 0; i < 3; i++) columns[i].type = DABIAO_TYPE_TEXT;
  columns[0].name = "code";
  columns[0].values = code;
  columns[1].name = "level";
  columns[1].values = level;
  columns[2].name = "parent";
  columns[2].values = parent;
  columns[3].name = "organisation";
  columns[3].type = DABIAO_TYPE_INT8;
  columns[3].values = organisation;
  columns[3].states = organisation_states;
  columns[4].name = "households";
  columns[4].type = DABIAO_TYPE_INT64;
  columns[4].values = households;
}

static void loading(void) {
  dabiao_grid *grid = NULL;
  const char *csv = "编码,层级,上级\ns,街道,\nc,社区,s\n";
#define LOAD() dabiao_grid_from_columns(DABIAO_CODES_FREE, columns, COLUMNS, ROWS, &grid)
  EXPECT(dabiao_grid_from_columns(7, columns, COLUMNS, ROWS, &grid) == DABIAO_ERROR_ARGUMENT);
  SAYS("codes");
  EXPECT(dabiao_grid_from_columns(0, NULL, COLUMNS, ROWS, &grid) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_from_columns(0, columns, COLUMNS, ROWS, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_from_columns(DABIAO_CODES_DIVISIONS, columns, COLUMNS, ROWS, &grid) ==
         DABIAO_ERROR_FAULTS);
  LISTS("unit-code");
  parent[4] = "c"; /* a skipped level */
  EXPECT(LOAD() == DABIAO_ERROR_FAULTS);
  LISTS("\"line\":6");
  parent[4] = "nobody";
  EXPECT(LOAD() == DABIAO_ERROR_FAULTS);
  LISTS("nobody");
  parent[4] = "g1";
  level[4] = "kingdom";
  EXPECT(LOAD() == DABIAO_ERROR_FAULTS);
  LISTS("kingdom");
  level[4] = "\xff";
  EXPECT(LOAD() == DABIAO_ERROR_UTF8);
  SAYS("columns[level].values[4]");
  level[4] = "楼宇";
  columns[3].type = DABIAO_TYPE_TEXT + 1;
  EXPECT(LOAD() == DABIAO_ERROR_ARGUMENT);
  SAYS("organisation");
  columns[3].type = DABIAO_TYPE_INT8;
  columns[4].name = "no such column";
  EXPECT(LOAD() == DABIAO_ERROR_FAULTS);
  LISTS("no such column");
  columns[4].name = NULL;
  EXPECT(LOAD() == DABIAO_ERROR_NULL);
  columns[4].name = "households";
  EXPECT(dabiao_grid_from_columns(DABIAO_CODES_FREE, columns, 1, ROWS, &grid) == DABIAO_ERROR_FAULTS);

  EXPECT(dabiao_grid_from_csv(0, NULL, csv, DABIAO_NUL_TERMINATED, &grid) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_from_csv(0, "t", NULL, 3, &grid) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_from_csv(9, "t", csv, 3, &grid) == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_grid_from_csv(0, "t", csv, DABIAO_NUL_TERMINATED, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_from_csv(0, "t.csv", "code\na\n", 7, &grid) == DABIAO_ERROR_FAULTS);
  LISTS("t.csv");

  const char *paths[] = {"/nowhere.csv", "\xfe", NULL};
  EXPECT(dabiao_grid_from_files(0, paths, 1, NULL, 0, &grid) == DABIAO_ERROR_IO);
  EXPECT(dabiao_grid_from_files(0, NULL, 0, paths, 1, &grid) == DABIAO_ERROR_IO);
  EXPECT(dabiao_grid_from_files(0, paths, 2, NULL, 0, &grid) == DABIAO_ERROR_UTF8);
  SAYS("units[1]");
  EXPECT(dabiao_grid_from_files(0, paths + 2, 1, NULL, 0, &grid) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_from_files(0, NULL, 1, NULL, 0, &grid) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_from_files(5, NULL, 0, NULL, 0, &grid) == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_grid_from_files(0, NULL, 0, NULL, 0, NULL) == DABIAO_ERROR_NULL);
  EXPECT(grid == NULL);
  EXPECT(dabiao_grid_from_csv(0, "t", csv, DABIAO_NUL_TERMINATED, &grid) == DABIAO_OK);
  EXPECT(dabiao_grid_units(grid, DABIAO_LEVEL_ALL) == 2);
  EXPECT(dabiao_grid_free(grid) == DABIAO_OK);
}

static void coverage(void) {
  dabiao_grid *grid = NULL;
  dabiao_coverage covered;
  dabiao_text *text = NULL;
  EXPECT(LOAD() == DABIAO_OK);
  EXPECT(dabiao_grid_units(grid, DABIAO_LEVEL_ALL) == ROWS);
  EXPECT(dabiao_grid_units(grid, DABIAO_LEVEL_COMPOUND) == 1);
  EXPECT(dabiao_grid_units(grid, 9) == 0 && dabiao_last_error_status() == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_grid_units(NULL, 0) == 0);
  EXPECT(dabiao_grid_coverage(grid, NULL, DABIAO_LEVEL_GRID, &covered) == DABIAO_OK);
  EXPECT(covered.units == 2 && covered.established == 1 && covered.share == 0.5);
  EXPECT(dabiao_grid_coverage(grid, "c", DABIAO_LEVEL_ALL, &covered) == DABIAO_OK);
  EXPECT(covered.units == 6 && covered.established == 4 && fabs(covered.share - 4.0 / 6) < 1e-15);
  EXPECT(dabiao_grid_coverage(grid, "c", DABIAO_LEVEL_BUILDING, &covered) == DABIAO_OK);
  EXPECT(covered.units == 2 && covered.established == 1);
  covered.units = 77;
  EXPECT(dabiao_grid_coverage(grid, "x", DABIAO_LEVEL_ALL, &covered) == DABIAO_ERROR_NOT_FOUND);
  SAYS("community");
  EXPECT(dabiao_grid_coverage(grid, "\xff", DABIAO_LEVEL_ALL, &covered) == DABIAO_ERROR_UTF8);
  EXPECT(dabiao_grid_coverage(grid, NULL, DABIAO_LEVEL_COMPOUND, &covered) == DABIAO_ERROR_NOT_FOUND);
  EXPECT(dabiao_grid_coverage(grid, NULL, 9, &covered) == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_grid_coverage(grid, NULL, 0, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_coverage(NULL, NULL, 0, &covered) == DABIAO_ERROR_NULL);
  EXPECT(covered.units == 77);
  EXPECT(dabiao_grid_lacking(grid, "c", &text) == DABIAO_OK);
  EXPECT(strcmp(dabiao_text_data(text), "[\"g2\",\"b2\"]") == 0);
  EXPECT(dabiao_text_free(text) == DABIAO_OK);
  EXPECT(dabiao_grid_lacking(grid, NULL, &text) == DABIAO_OK);
  EXPECT(dabiao_text_free(text) == DABIAO_OK);
  EXPECT(dabiao_grid_lacking(grid, "nobody", &text) == DABIAO_ERROR_NOT_FOUND);
  EXPECT(dabiao_grid_lacking(grid, "c", NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_lacking(NULL, "c", &text) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_summary(grid, &text) == DABIAO_OK);
  EXPECT(strstr(dabiao_text_data(text), "\"compounds_without_grid\":[\"x\"]") != NULL);
  EXPECT(dabiao_text_free(text) == DABIAO_OK);
  EXPECT(dabiao_grid_summary(NULL, &text) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_grid_summary(grid, NULL) == DABIAO_ERROR_NULL);

  /* A measure that is filled from the grid. */
  dabiao_standard *standard = NULL;
  dabiao_observations *table = NULL, *filled = NULL, *none = NULL;
  EXPECT(dabiao_standard_builtin("weihai-2020", &standard) == DABIAO_OK);
  EXPECT(dabiao_observations_from_csv(standard, "t", "code\nc\n", DABIAO_NUL_TERMINATED, &table) ==
         DABIAO_OK);
  EXPECT(dabiao_observations_with_grid(table, grid, &filled) == DABIAO_OK);
  EXPECT(dabiao_observations_with_grid(filled, grid, &none) == DABIAO_ERROR_FAULTS);
  EXPECT(dabiao_observations_with_grid(NULL, grid, &none) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_with_grid(table, NULL, &none) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_with_grid(table, grid, NULL) == DABIAO_ERROR_NULL);
  EXPECT(none == NULL);
  EXPECT(dabiao_observations_free(filled) == DABIAO_OK);
  EXPECT(dabiao_observations_free(table) == DABIAO_OK);
  EXPECT(dabiao_standard_free(standard) == DABIAO_OK);
  EXPECT(dabiao_grid_free(grid) == DABIAO_OK);
  EXPECT(dabiao_grid_free(grid) == DABIAO_ERROR_HANDLE);
  EXPECT(dabiao_grid_coverage(grid, NULL, 0, &covered) == DABIAO_ERROR_HANDLE);
  EXPECT(dabiao_grid_free(NULL) == DABIAO_OK);
}

static int32_t stop(void *user, size_t done, size_t all) {
  (void)done;
  (void)all;
  ++*(int *)user;
  return 1;
}

static char path[4096];
static const char *in(const char *folder, const char *name) {
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void campaign(const char *folder) {
  dabiao_campaign *campaign = NULL;
  dabiao_scores *scores = NULL;
  dabiao_text *text = NULL;
  dabiao_score_options options = {0};
  int told = 0;
  EXPECT(dabiao_campaign_run_file("/nowhere.toml", NULL, &campaign) == DABIAO_ERROR_IO);
  EXPECT(dabiao_campaign_run_file(NULL, NULL, &campaign) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_run_file("\xff", NULL, &campaign) == DABIAO_ERROR_UTF8);
  EXPECT(dabiao_campaign_run_file(in(folder, "last.toml"), NULL, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_run_file(in(folder, "standard.toml"), NULL, &campaign) == DABIAO_ERROR_FAULTS);
  LISTS("standard.toml");
  options.alone = 1;
  EXPECT(dabiao_campaign_run_file(in(folder, "last.toml"), &options, &campaign) == DABIAO_ERROR_ARGUMENT);
  SAYS("alone");
  options.alone = 0;
  options.progress = stop;
  options.user = &told;
  EXPECT(dabiao_campaign_run_file(in(folder, "last.toml"), &options, &campaign) == DABIAO_ERROR_CANCELLED);
  EXPECT(told > 0 && campaign == NULL);

  EXPECT(dabiao_campaign_run_file(in(folder, "last.toml"), NULL, &campaign) == DABIAO_OK);
  EXPECT(strcmp(dabiao_campaign_phase(campaign, 1), "review") == 0);
  EXPECT(dabiao_campaign_phase(campaign, 2) == NULL && dabiao_campaign_phase(NULL, 0) == NULL);
  EXPECT(strcmp(dabiao_campaign_tier(campaign, 0), "first") == 0);
  EXPECT(dabiao_campaign_synthetic(campaign) == 0 && dabiao_campaign_synthetic(NULL) == 0);
  EXPECT(dabiao_campaign_tier(campaign, 9) == NULL && dabiao_campaign_tier(NULL, 0) == NULL);
  EXPECT(dabiao_campaign_scores(campaign, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_scores(NULL, &scores) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_phase_scores(campaign, 2, &scores) == DABIAO_ERROR_NOT_FOUND);
  EXPECT(dabiao_campaign_phase_scores(campaign, 0, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_phase_scores(NULL, 0, &scores) == DABIAO_ERROR_NULL && scores == NULL);
  EXPECT(dabiao_campaign_phase_scores(campaign, 1, &scores) == DABIAO_OK);
  EXPECT(dabiao_scores_rows(scores) == 3);
  EXPECT(dabiao_scores_standard(scores, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_standard(NULL, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_free(scores) == DABIAO_OK);

  int32_t outcomes[3] = {-7, -7, -7}, tiers[3] = {-7, -7, -7};
  EXPECT(dabiao_campaign_selection(campaign, outcomes, tiers, 2) == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_campaign_selection(NULL, outcomes, tiers, 3) == DABIAO_ERROR_NULL);
  EXPECT(outcomes[0] == -7 && tiers[0] == -7);
  EXPECT(dabiao_campaign_selection(campaign, NULL, NULL, 0) == DABIAO_OK);
  EXPECT(dabiao_campaign_selection(campaign, outcomes, tiers, 3) == DABIAO_OK);
  EXPECT(outcomes[0] == DABIAO_OUTCOME_CHOSEN && tiers[0] == 0);
  EXPECT(outcomes[1] == DABIAO_OUTCOME_NOT_CHOSEN && tiers[1] == DABIAO_NO_TIER);
  EXPECT(dabiao_campaign_reason(campaign, 1, DABIAO_LANG_EN, &text) == DABIAO_OK);
  EXPECT(strstr(dabiao_text_data(text), "V") != NULL); /* it was vetoed */
  EXPECT(dabiao_text_free(text) == DABIAO_OK);
  EXPECT(dabiao_campaign_reason(campaign, 3, DABIAO_LANG_EN, &text) == DABIAO_ERROR_NOT_FOUND);
  EXPECT(dabiao_campaign_reason(campaign, 0, 5, &text) == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_campaign_reason(campaign, 0, 0, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_reason(NULL, 0, 0, &text) == DABIAO_ERROR_NULL);

  size_t files = 0;
  for (const char *name; (name = dabiao_campaign_file_name(campaign, files)) != NULL; files++) {
    EXPECT(dabiao_campaign_file(campaign, name, DABIAO_LANG_ZH, &text) == DABIAO_OK);
    EXPECT(dabiao_text_length(text) > 0 && dabiao_text_data(text)[0] != '\xef');
    EXPECT(dabiao_text_free(text) == DABIAO_OK);
  }
  EXPECT(files == 11 && dabiao_campaign_file_name(NULL, 0) == NULL);
  EXPECT(dabiao_campaign_file(campaign, "../scores.csv", 0, &text) == DABIAO_ERROR_NOT_FOUND);
  EXPECT(dabiao_campaign_file(campaign, "\xff", 0, &text) == DABIAO_ERROR_UTF8);
  EXPECT(dabiao_campaign_file(campaign, NULL, 0, &text) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_file(campaign, "scores.csv", 9, &text) == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_campaign_file(campaign, "scores.csv", 0, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_file(NULL, "scores.csv", 0, &text) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_write(campaign, "/proc/no/such", 0) == DABIAO_ERROR_IO);
  EXPECT(dabiao_campaign_write(campaign, NULL, 0) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_write(campaign, "x", 9) == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_campaign_write(NULL, "x", 0) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_advice(campaign, &text) == DABIAO_OK);
  EXPECT(dabiao_text_data(text)[0] == '[');
  EXPECT(dabiao_text_free(text) == DABIAO_OK);
  EXPECT(dabiao_campaign_advice(campaign, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_campaign_advice(NULL, &text) == DABIAO_ERROR_NULL);

  /* What came from it outlives it. */
  dabiao_standard *standard = NULL;
  dabiao_standard_info info;
  EXPECT(dabiao_campaign_scores(campaign, &scores) == DABIAO_OK);
  EXPECT(dabiao_campaign_free(campaign) == DABIAO_OK);
  EXPECT(dabiao_campaign_free(campaign) == DABIAO_ERROR_HANDLE);
  EXPECT(dabiao_campaign_phase(campaign, 0) == NULL);
  EXPECT(dabiao_campaign_free(NULL) == DABIAO_OK);
  EXPECT(dabiao_scores_standard(scores, &standard) == DABIAO_OK);
  EXPECT(dabiao_scores_free(scores) == DABIAO_OK);
  EXPECT(dabiao_standard_about(standard, &info) == DABIAO_OK && strcmp(info.id, "small") == 0);
  EXPECT(dabiao_standard_free(standard) == DABIAO_OK);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  set_columns();
  loading();
  coverage();
  campaign(argv[1]);
  EXPECT(dabiao_live_handles() == 0);
  puts("grid and campaign: as they should be");
  return 0;
}
