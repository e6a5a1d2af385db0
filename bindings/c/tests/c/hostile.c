/* Every way to call the library wrongly that can be told: each is a status, never a crash, and
 * nothing is written to outputs. Prints nothing but its last line. */

#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <dabiao.h>

static int checks, failures;

static void expect_at(int line, const char *what, int found, int wanted) {
  checks++;
  if (found != wanted) {
    failures++;
    fprintf(stderr, "line %d: %s: found %d, expected %d (%s)\n", line, what, found, wanted,
            dabiao_last_error_message(DABIAO_LANG_EN));
  }
}
#define EXPECT(call, wanted) expect_at(__LINE__, #call, (int)(call), (int)(wanted))
/* The message names what was wrong, in both languages. */
#define NAMES(word)                                                                          \
  EXPECT(strstr(dabiao_last_error_message(DABIAO_LANG_EN), word) != NULL &&                   \
             strstr(dabiao_last_error_message(DABIAO_LANG_ZH), word) != NULL,                 \
         1)

static dabiao_standard *standard;
static size_t measures, items;
static double *values;

/* No argument may be NULL but those that say so. */
static void nulls(void) {
  dabiao_standard *made = (dabiao_standard *)(uintptr_t)1;
  dabiao_scorer *scorer = NULL;
  dabiao_observations *table = NULL;
  dabiao_scores *scores = NULL;
  dabiao_statistics *statistics = NULL;
  dabiao_text *text = NULL;
  dabiao_standard_info info;
  dabiao_measure measure;
  dabiao_part part;
  dabiao_card card;
  size_t at;
  EXPECT(dabiao_standard_builtin(NULL, &made), DABIAO_ERROR_NULL);
  NAMES("id");
  EXPECT(made == (dabiao_standard *)(uintptr_t)1, 1);
  EXPECT(dabiao_standard_builtin("weihai-2020", NULL), DABIAO_ERROR_NULL);
  NAMES("out");
  EXPECT(dabiao_standard_from_toml(NULL, 0, &made), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_from_json(NULL, 3, &made), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_from_file(NULL, &made), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_about(NULL, &info), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_about(standard, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_measure(NULL, 0, &measure), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_measure(standard, 0, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_find_measure(standard, NULL, &at), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_find_measure(standard, "residents", NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_part(standard, DABIAO_PART_ITEM, 0, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_part(NULL, DABIAO_PART_ITEM, 0, &part), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_find_part(standard, DABIAO_PART_ITEM, NULL, &at), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_rule(standard, 0, DABIAO_LANG_EN, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_digest(NULL, &text), DABIAO_ERROR_NULL);
  EXPECT(dabiao_standard_label(NULL, 0, 0) == NULL, 1);
  EXPECT(dabiao_last_error_status(), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scorer_new(NULL, NULL, &scorer), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scorer_new(standard, NULL, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scorer_set_attribute(NULL, "name", "x"), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scorer_score(NULL, values, NULL, measures, &card, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scorer_score_text(NULL, NULL, 0, &card, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scorer_explain(NULL, &text), DABIAO_ERROR_NULL);
  EXPECT(dabiao_statistics_from_json(NULL, 1, &statistics), DABIAO_ERROR_NULL);
  EXPECT(dabiao_statistics_to_json(NULL, &text), DABIAO_ERROR_NULL);
  EXPECT(dabiao_statistics_merge(NULL, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_from_columns(standard, NULL, 1, 1, &table), DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_from_csv(standard, "t", NULL, 1, &table), DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_from_file(standard, NULL, &table), DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_rows(NULL), 0);
  EXPECT(dabiao_observations_code(NULL, 0) == NULL, 1);
  EXPECT(dabiao_observations_statistics(NULL, 1, &statistics), DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_digest(NULL, &text), DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_advice(NULL, &text), DABIAO_ERROR_NULL);
  EXPECT(dabiao_score(standard, NULL, NULL, &scores), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_rows(NULL), 0);
  EXPECT(dabiao_scores_code(NULL, 0) == NULL, 1);
  EXPECT(dabiao_scores_card(NULL, 0, &card, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_csv(NULL, 0, 0, &text), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_write(NULL, "x", 0), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_summary(NULL, &text), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_explain(NULL, 0, &text), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_explain_text(NULL, 0, 0, &text), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_statistics(NULL, &statistics), DABIAO_ERROR_NULL);
  EXPECT(dabiao_text_data(NULL) == NULL, 1);
  EXPECT(dabiao_text_length(NULL), 0);
  /* NULL is nothing to free. */
  EXPECT(dabiao_text_free(NULL), DABIAO_OK);
  EXPECT(dabiao_standard_free(NULL), DABIAO_OK);
  EXPECT(dabiao_scorer_free(NULL), DABIAO_OK);
  EXPECT(dabiao_statistics_free(NULL), DABIAO_OK);
  EXPECT(dabiao_observations_free(NULL), DABIAO_OK);
  EXPECT(dabiao_scores_free(NULL), DABIAO_OK);
}

/* Freed twice, used late, of another type, made up. */
static void handles(void) {
  dabiao_standard *twice = NULL;
  dabiao_standard_info info;
  EXPECT(dabiao_standard_builtin("uci-communities", &twice), DABIAO_OK);
  EXPECT(dabiao_scores_rows((const dabiao_scores *)(const void *)twice), 0);
  EXPECT(dabiao_last_error_status(), DABIAO_ERROR_HANDLE);
  EXPECT(dabiao_scorer_free((dabiao_scorer *)(void *)twice), DABIAO_ERROR_HANDLE);
  NAMES("dabiao_standard");
  EXPECT(dabiao_standard_free(twice), DABIAO_OK);
  EXPECT(dabiao_standard_free(twice), DABIAO_ERROR_HANDLE);
  EXPECT(dabiao_standard_about(twice, &info), DABIAO_ERROR_HANDLE);
  const uintptr_t made_up[] = {1, 16, 4096, 0xdeadbeef, UINTPTR_MAX, UINTPTR_MAX - 15};
  for (size_t i = 0; i < sizeof made_up / sizeof *made_up; i++) {
    EXPECT(dabiao_standard_about((const dabiao_standard *)made_up[i], &info), DABIAO_ERROR_HANDLE);
    EXPECT(dabiao_text_free((dabiao_text *)made_up[i]), DABIAO_ERROR_HANDLE);
  }
}

/* Texts that are no UTF-8 or no standard, ids that are unknown, numbers that cannot be. */
static void arguments(void) {
  dabiao_standard *made = NULL;
  dabiao_part part;
  dabiao_measure measure;
  dabiao_text *text = NULL;
  size_t at = 77;
  EXPECT(dabiao_standard_builtin("weihai-\xff", &made), DABIAO_ERROR_UTF8);
  NAMES("id");
  EXPECT(dabiao_standard_builtin("", &made), DABIAO_ERROR_NOT_FOUND);
  EXPECT(dabiao_standard_from_toml("a = \"\xc3\"", 8, &made), DABIAO_ERROR_UTF8);
  EXPECT(dabiao_standard_from_toml("x", SIZE_MAX - 1, &made), DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_standard_from_toml("", 0, &made), DABIAO_ERROR_FAULTS);
  EXPECT(dabiao_standard_from_json("{", DABIAO_NUL_TERMINATED, &made), DABIAO_ERROR_FAULTS);
  EXPECT(strstr(dabiao_last_error_faults(), "\"listed\":[{") != NULL, 1);
  EXPECT(dabiao_standard_from_file("/nowhere/at/all.toml", &made), DABIAO_ERROR_IO);
  EXPECT(made == NULL, 1);
  EXPECT(dabiao_standard_measure(standard, measures, &measure), DABIAO_ERROR_NOT_FOUND);
  EXPECT(dabiao_standard_measure(standard, SIZE_MAX, &measure), DABIAO_ERROR_NOT_FOUND);
  EXPECT(dabiao_standard_find_measure(standard, "no such", &at), DABIAO_ERROR_NOT_FOUND);
  EXPECT(at, 77);
  EXPECT(dabiao_standard_part(standard, 6, 0, &part), DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_standard_part(standard, -1, 0, &part), DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_standard_part(standard, DABIAO_PART_ITEM, items, &part), DABIAO_ERROR_NOT_FOUND);
  EXPECT(dabiao_standard_rule(standard, 0, 7, &text), DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_standard_label(standard, 0, 99) == NULL, 1);
  EXPECT(dabiao_standard_builtin_id(99) == NULL, 1);
}

static void one_community(void) {
  dabiao_scorer *scorer = NULL;
  dabiao_card card, untouched;
  int64_t points[3] = {-7, -7, -7};
  memset(&untouched, 0x5a, sizeof untouched);
  card = untouched;
  EXPECT(dabiao_scorer_new(standard, NULL, &scorer), DABIAO_OK);
  EXPECT(dabiao_scorer_score(scorer, values, NULL, measures - 1, &card, NULL), DABIAO_ERROR_ARGUMENT);
  NAMES("length");
  EXPECT(dabiao_scorer_score(scorer, NULL, NULL, measures, &card, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scorer_score(scorer, values, NULL, measures, NULL, NULL), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scorer_score(scorer, (const double *)(const void *)((const char *)values + 1), NULL,
                             measures, &card, NULL),
         DABIAO_ERROR_ARGUMENT);
  dabiao_card_parts parts = {0};
  parts.item_points = points;
  parts.items = 3;
  EXPECT(dabiao_scorer_score(scorer, values, NULL, measures, &card, &parts), DABIAO_ERROR_ARGUMENT);
  NAMES("parts->item_points");
  uint8_t *states = calloc(measures, 1);
  states[2] = 9;
  EXPECT(dabiao_scorer_score(scorer, values, states, measures, &card, NULL), DABIAO_ERROR_ARGUMENT);
  NAMES("states");
  memset(states, DABIAO_MISSING, measures);
  size_t residents;
  EXPECT(dabiao_standard_find_measure(standard, "residents", &residents), DABIAO_OK);
  const double bad[] = {NAN, INFINITY, -INFINITY, -1, 0.5, 1e13, 1e300};
  states[residents] = DABIAO_VALUE;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    values[residents] = bad[i];
    EXPECT(dabiao_scorer_score(scorer, values, states, measures, &card, NULL), DABIAO_ERROR_FAULTS);
    NAMES("residents");
  }
  values[residents] = 0;
  EXPECT(memcmp(&card, &untouched, sizeof card), 0);
  EXPECT(points[0] == -7 && points[2] == -7, 1);
  const char **texts = calloc(measures, sizeof *texts);
  texts[residents] = "12\xff";
  EXPECT(dabiao_scorer_score_text(scorer, texts, measures, &card, NULL), DABIAO_ERROR_UTF8);
  texts[residents] = "many";
  EXPECT(dabiao_scorer_score_text(scorer, texts, measures, &card, NULL), DABIAO_ERROR_FAULTS);
  texts[residents] = "８,000";
  EXPECT(dabiao_scorer_score_text(scorer, texts, measures, &card, NULL), DABIAO_OK);
  dabiao_text *json = NULL;
  EXPECT(dabiao_scorer_explain(scorer, &json), DABIAO_OK);
  EXPECT(dabiao_text_length(json), strlen(dabiao_text_data(json)));
  EXPECT(dabiao_text_free(json), DABIAO_OK);
  free(texts);
  free(states);
  EXPECT(dabiao_scorer_free(scorer), DABIAO_OK);
  EXPECT(dabiao_scorer_free(scorer), DABIAO_ERROR_HANDLE);
}

static int32_t stop(void *user, size_t done, size_t all) {
  (void)done;
  (void)all;
  ++*(int *)user;
  return 1;
}

static void tables(void) {
  dabiao_observations *table = NULL;
  dabiao_scores *scores = NULL;
  const char *codes[] = {"a", "a"};
  const double residents[] = {10, 20};
  dabiao_column columns[2];
  memset(columns, 0, sizeof columns);
  columns[0].name = "code";
  columns[0].type = DABIAO_TYPE_TEXT;
  columns[0].values = codes;
  columns[1].name = "residents";
  columns[1].values = residents;
  EXPECT(dabiao_observations_from_columns(standard, columns, 2, 2, &table), DABIAO_ERROR_FAULTS);
  EXPECT(strstr(dabiao_last_error_faults(), "table-duplicate-row") != NULL, 1);
  codes[1] = "b\xfe";
  EXPECT(dabiao_observations_from_columns(standard, columns, 2, 2, &table), DABIAO_ERROR_UTF8);
  codes[1] = "b";
  columns[1].type = 99;
  EXPECT(dabiao_observations_from_columns(standard, columns, 2, 2, &table), DABIAO_ERROR_ARGUMENT);
  NAMES("residents");
  columns[1].type = DABIAO_TYPE_FLOAT64;
  columns[1].stride = PTRDIFF_MAX;
  EXPECT(dabiao_observations_from_columns(standard, columns, 2, 2, &table), DABIAO_ERROR_ARGUMENT);
  columns[1].stride = 0;
  const uint8_t states[] = {0, 3};
  columns[1].states = states;
  EXPECT(dabiao_observations_from_columns(standard, columns, 2, 2, &table), DABIAO_ERROR_ARGUMENT);
  columns[1].states = NULL;
  EXPECT(dabiao_observations_from_columns(standard, &columns[1], 1, 2, &table), DABIAO_ERROR_FAULTS);
  columns[1].name = "no such";
  EXPECT(dabiao_observations_from_columns(standard, columns, 2, 2, &table), DABIAO_ERROR_FAULTS);
  columns[1].name = "residents";
  EXPECT(dabiao_observations_from_csv(standard, "t.csv", "a\n1\n", 4, &table), DABIAO_ERROR_FAULTS);
  EXPECT(dabiao_observations_from_file(standard, "/nowhere.csv", &table), DABIAO_ERROR_IO);
  EXPECT(table == NULL, 1);
  EXPECT(dabiao_observations_from_columns(standard, columns, 2, 2, &table), DABIAO_OK);
  EXPECT(dabiao_observations_code(table, 2) == NULL, 1);

  int told = 0;
  dabiao_score_options options = {0};
  options.progress = stop;
  options.user = &told;
  EXPECT(dabiao_score(standard, table, &options, &scores), DABIAO_ERROR_CANCELLED);
  EXPECT(told, 1);
  dabiao_standard *other = NULL;
  EXPECT(dabiao_standard_builtin("uci-communities", &other), DABIAO_OK);
  EXPECT(dabiao_score(other, table, NULL, &scores), DABIAO_ERROR_ARGUMENT);
  EXPECT(scores == NULL, 1);
  EXPECT(dabiao_score(standard, table, NULL, &scores), DABIAO_OK);
  int64_t totals[2] = {-7, -7};
  EXPECT(dabiao_scores_points(scores, DABIAO_POINTS_TOTAL, 0, 0, totals, 0, 1), DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_scores_points(scores, DABIAO_POINTS_TOTAL, 0, 0, totals, 4, 2), DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_scores_points(scores, DABIAO_POINTS_TOTAL, 0, 0, NULL, 0, 2), DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_points(scores, DABIAO_POINTS_TOTAL, 0, 9, totals, 0, 2), DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_scores_points(scores, 42, 0, 0, totals, 0, 2), DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_scores_points(scores, DABIAO_POINTS_ITEM, items, 0, totals, 0, 2), DABIAO_ERROR_NOT_FOUND);
  EXPECT(totals[0] == -7 && totals[1] == -7, 1);
  EXPECT(dabiao_scores_points(scores, DABIAO_POINTS_TOTAL, 0, 0, totals, 0, 2), DABIAO_OK);
  int32_t results[2];
  EXPECT(dabiao_scores_results(scores, 8, 0, 0, results, 0, 2), DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_scores_results(scores, DABIAO_RESULT_VETO, 9, 0, results, 0, 2), DABIAO_ERROR_NOT_FOUND);
  dabiao_card card;
  EXPECT(dabiao_scores_code(scores, 2) == NULL, 1);
  EXPECT(strcmp(dabiao_scores_code(scores, 1), "b"), 0);
  EXPECT(dabiao_scores_card(scores, 2, &card, NULL), DABIAO_ERROR_NOT_FOUND);
  dabiao_text *text = NULL;
  EXPECT(dabiao_scores_csv(scores, 3, DABIAO_LANG_EN, &text), DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_scores_explain(scores, 2, &text), DABIAO_ERROR_NOT_FOUND);
  EXPECT(dabiao_scores_write(scores, "/proc/no/such", DABIAO_LANG_EN), DABIAO_ERROR_IO);
  EXPECT(dabiao_scores_csv(scores, DABIAO_CSV_SCORES, DABIAO_LANG_EN, &text), DABIAO_OK);
  EXPECT(strncmp(dabiao_text_data(text), "code,", 5), 0);
  EXPECT(dabiao_text_free(text), DABIAO_OK);

  dabiao_statistics *statistics = NULL, *others = NULL;
  EXPECT(dabiao_scores_statistics(scores, &statistics), DABIAO_OK);
  EXPECT(dabiao_scores_free(scores), DABIAO_OK);
  EXPECT(dabiao_statistics_from_json("[]", 2, &others), DABIAO_ERROR_FAULTS);
  dabiao_scorer *scorer = NULL;
  EXPECT(dabiao_scorer_new(other, NULL, &scorer), DABIAO_ERROR_FAULTS);
  EXPECT(strstr(dabiao_last_error_faults(), "cohort-needed") != NULL, 1);
  EXPECT(dabiao_scorer_new(other, statistics, &scorer), DABIAO_ERROR_FAULTS);
  EXPECT(strstr(dabiao_last_error_faults(), "cohort-mismatch") != NULL, 1);
  EXPECT(dabiao_statistics_free(statistics), DABIAO_OK);
  EXPECT(dabiao_observations_free(table), DABIAO_OK);
  EXPECT(dabiao_standard_free(other), DABIAO_OK);
}

static dabiao_scorer *shared;

/* A shared standard, a scorer of its own, and one that all fight for. */
static void *thread(void *wrong) {
  dabiao_scorer *own = NULL;
  dabiao_card card, first;
  uint8_t *states = malloc(measures);
  memset(states, DABIAO_MISSING, measures);
  memset(&first, 0, sizeof first);
  intptr_t *count = wrong;
  for (int i = 0; i < 100; i++) {
    *count += dabiao_scorer_new(standard, NULL, &own) != DABIAO_OK;
    *count += dabiao_scorer_score(own, values, states, measures, &card, NULL) != DABIAO_OK;
    if (i == 0) first = card;
    *count += card.total != first.total;
    dabiao_status status = dabiao_scorer_score(shared, values, states, measures, &card, NULL);
    *count += status != DABIAO_OK && status != DABIAO_ERROR_BUSY;
    *count += dabiao_standard_builtin("no such", NULL) != DABIAO_ERROR_NULL;
    *count += strstr(dabiao_last_error_message(DABIAO_LANG_EN), "out") == NULL;
    *count += dabiao_scorer_free(own) != DABIAO_OK;
    *count += dabiao_scorer_free(own) == DABIAO_OK;
  }
  free(states);
  return NULL;
}

static void threads(void) {
  enum { THREADS = 8 };
  pthread_t running[THREADS];
  intptr_t wrong[THREADS] = {0};
  EXPECT(dabiao_scorer_new(standard, NULL, &shared), DABIAO_OK);
  for (int i = 0; i < THREADS; i++) pthread_create(&running[i], NULL, thread, &wrong[i]);
  for (int i = 0; i < THREADS; i++) {
    pthread_join(running[i], NULL);
    EXPECT(wrong[i], 0);
  }
  EXPECT(dabiao_scorer_free(shared), DABIAO_OK);
}

/* A child after fork scores with what its parent made. */
static void forked(void) {
  dabiao_scorer *scorer = NULL;
  EXPECT(dabiao_scorer_new(standard, NULL, &scorer), DABIAO_OK);
  pid_t child = fork();
  if (child == 0) {
    dabiao_card card;
    uint8_t *states = malloc(measures);
    memset(states, DABIAO_MISSING, measures);
    int wrong = dabiao_scorer_score(scorer, values, states, measures, &card, NULL) != DABIAO_OK;
    free(states);
    _exit(wrong);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT(status, 0);
  EXPECT(dabiao_scorer_free(scorer), DABIAO_OK);
}

#ifdef DELIBERATE_PANIC
dabiao_status dabiao_deliberate_panic(void);
static void panics(void) {
  dabiao_standard_info info;
  EXPECT(dabiao_deliberate_panic(), DABIAO_ERROR_PANIC);
  NAMES("on purpose");
  EXPECT(dabiao_standard_about(standard, &info), DABIAO_OK);
}
#else
static void panics(void) {}
#endif

int main(void) {
  EXPECT(strcmp(dabiao_last_error_message(DABIAO_LANG_EN), ""), 0);
  EXPECT(dabiao_last_error_status(), DABIAO_OK);
  char version[32];
  snprintf(version, sizeof version, "%d.%d.%d", DABIAO_VERSION_MAJOR, DABIAO_VERSION_MINOR,
           DABIAO_VERSION_PATCH);
  EXPECT(strcmp(dabiao_version(), version), 0);
  EXPECT(dabiao_abi_version(), DABIAO_ABI_VERSION);
  if (dabiao_standard_builtin("weihai-2020", &standard) != DABIAO_OK) return 1;
  dabiao_standard_info info;
  EXPECT(dabiao_standard_about(standard, &info), DABIAO_OK);
  measures = info.measures;
  items = info.items;
  values = calloc(measures, sizeof *values);
  nulls();
  handles();
  arguments();
  one_community();
  tables();
  threads();
  forked();
  panics();
  free(values);
  EXPECT(dabiao_standard_free(standard), DABIAO_OK);
  EXPECT(dabiao_live_handles(), 0);
  if (failures) return 1;
  printf("hostile calls: all answered\n");
  return checks == 0;
}
