/* Threads: how many the library starts, none that stays, shared handles from eight threads at
 * once, and a child after fork. Prints nothing but its last line. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <dabiao.h>

#define EXPECT(condition)                                        \
  do {                                                           \
    if (!(condition)) {                                          \
      fprintf(stderr, "line %d: %s: %s\n", __LINE__, #condition, \
              dabiao_last_error_message(DABIAO_LANG_EN));        \
      exit(1);                                                   \
    }                                                            \
  } while (0)

static int started;

/* Stands before the system's own: the library's calls come here too. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument) {
  int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  void *found = dlsym(RTLD_NEXT, "pthread_create");
  memcpy(&real, &found, sizeof real);
  __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
  return real(thread, attributes, start, argument);
}

/* How many threads were started since the last time. */
static int new_threads(void) { return __atomic_exchange_n(&started, 0, __ATOMIC_SEQ_CST); }

static int living_threads(void) {
  int living = 0;
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return 1;
  for (struct dirent *task; (task = readdir(tasks)) != NULL;) living += task->d_name[0] != '.';
  closedir(tasks);
  return living;
}

/* A thread that has been joined may stand in /proc for a moment more. */
static int alone(void) {
  for (int i = 0; i < 2000 && living_threads() > 1; i++) nanosleep(&(struct timespec){0, 1000000}, NULL);
  return living_threads() == 1;
}

static dabiao_standard *standard;
static dabiao_observations *small, *large;

static dabiao_observations *table(size_t rows) {
  dabiao_observations *made = NULL;
  dabiao_column columns[2] = {{0}, {0}};
  double *values = malloc(rows * sizeof *values);
  const char **codes = malloc(rows * sizeof *codes);
  char *text = malloc(rows * 8);
  for (size_t i = 0; i < rows; i++) {
    snprintf(text + 8 * i, 8, "%07u", (unsigned)(rows - i) % 10000000u);
    codes[i] = text + 8 * i;
    values[i] = (double)(i % 30);
  }
  columns[0].name = "code";
  columns[0].type = DABIAO_TYPE_TEXT;
  columns[0].values = codes;
  columns[1].name = "activities";
  columns[1].values = values;
  EXPECT(dabiao_observations_from_columns(standard, columns, 2, rows, &made) == DABIAO_OK);
  free(text);
  free(codes);
  free(values);
  return made;
}

static dabiao_scores *scored(const dabiao_observations *table, size_t threads) {
  dabiao_scores *scores = NULL;
  dabiao_score_options options = {0};
  options.threads = threads;
  EXPECT(dabiao_score(standard, table, &options, &scores) == DABIAO_OK);
  return scores;
}

static void limits(void) {
  dabiao_statistics *statistics = NULL;
  /* Small tables, and one community, take the caller's thread alone. */
  EXPECT(dabiao_scores_free(scored(small, 0)) == DABIAO_OK);
  EXPECT(dabiao_scores_free(scored(small, 64)) == DABIAO_OK);
  dabiao_scorer *scorer = NULL;
  EXPECT(dabiao_scorer_new(standard, NULL, &scorer) == DABIAO_OK);
  EXPECT(dabiao_scorer_free(scorer) == DABIAO_OK);
  EXPECT(new_threads() == 0);
  /* A large one takes as many as it may. */
  EXPECT(dabiao_scores_free(scored(large, 1)) == DABIAO_OK);
  EXPECT(dabiao_observations_statistics(large, 1, &statistics) == DABIAO_OK);
  EXPECT(dabiao_statistics_free(statistics) == DABIAO_OK);
  EXPECT(new_threads() == 0);
  EXPECT(dabiao_scores_free(scored(large, 3)) == DABIAO_OK);
  int made = new_threads();
  EXPECT(made > 0); /* or this test would count nothing */
  EXPECT(alone());
  /* Never more at a time than two beside the caller's: cohorts and points are two rounds. */
  EXPECT(made <= 2 * 2);
}

typedef struct {
  pthread_t caller;
  size_t last;
  int wrong;
} watch;

static int32_t progress(void *user, size_t done, size_t all) {
  watch *seen = user;
  if (!pthread_equal(pthread_self(), seen->caller) || done < seen->last || done > all) seen->wrong = 1;
  seen->last = done;
  return 0;
}

/* Progress comes on the caller's own thread, never goes back, and ends with all rows. */
static void told(void) {
  dabiao_scores *scores = NULL;
  watch seen = {pthread_self(), 0, 0};
  dabiao_score_options options = {0};
  options.threads = 3;
  options.progress = progress;
  options.user = &seen;
  EXPECT(dabiao_score(standard, large, &options, &scores) == DABIAO_OK);
  EXPECT(!seen.wrong && seen.last == dabiao_scores_rows(scores));
  EXPECT(dabiao_scores_free(scores) == DABIAO_OK);
}

enum { THREADS = 8, ROUNDS = 20 };
static dabiao_scores *shared;
static dabiao_grid *grid;
static dabiao_statistics *statistics;

#define WRONG(condition) (*wrong += (condition) ? 0 : 1)

/* Everything that may be shared, read by all at once. */
static void *reader(void *argument) {
  intptr_t *wrong = argument;
  for (int i = 0; i < ROUNDS; i++) {
    size_t row = 99, at = 99;
    double total = 0;
    dabiao_part part;
    dabiao_card card;
    dabiao_coverage covered;
    dabiao_text *text = NULL;
    dabiao_scores *own = NULL;
    int64_t points[3];
    WRONG(dabiao_standard_find_part(standard, DABIAO_PART_ITEM, "5.2", &at) == DABIAO_OK);
    WRONG(dabiao_standard_part(standard, DABIAO_PART_ITEM, at, &part) == DABIAO_OK);
    WRONG(dabiao_scores_find(shared, "0000002", &row) == DABIAO_OK && row == 1);
    WRONG(dabiao_observations_find(small, "0000003", &row) == DABIAO_OK && row == 2);
    WRONG(dabiao_observations_find(small, "none", &row) == DABIAO_ERROR_NOT_FOUND);
    WRONG(strstr(dabiao_last_error_message(DABIAO_LANG_EN), "none") != NULL);
    WRONG(dabiao_scores_card(shared, 0, &card, NULL) == DABIAO_OK);
    WRONG(dabiao_scores_values(shared, DABIAO_POINTS_TOTAL, 0, DABIAO_ORDER_INPUT, &total, 0, 1) ==
          DABIAO_ERROR_ARGUMENT);
    WRONG(dabiao_scores_points(shared, DABIAO_POINTS_ITEM, at, DABIAO_ORDER_INPUT, points, 0, 3) ==
          DABIAO_OK);
    WRONG(points[0] == 0 && points[1] == 25 && points[2] == 50);
    WRONG(dabiao_scores_csv(shared, DABIAO_CSV_SCORES, DABIAO_LANG_EN, &text) == DABIAO_OK);
    WRONG(dabiao_text_length(text) > 0 && dabiao_text_free(text) == DABIAO_OK);
    WRONG(dabiao_scores_explain(shared, 1, &text) == DABIAO_OK);
    WRONG(dabiao_text_free(text) == DABIAO_OK);
    WRONG(dabiao_grid_coverage(grid, "c", DABIAO_LEVEL_ALL, &covered) == DABIAO_OK);
    WRONG(covered.units == 2);
    WRONG(dabiao_statistics_to_json(statistics, &text) == DABIAO_OK);
    WRONG(dabiao_text_free(text) == DABIAO_OK);
    WRONG(dabiao_score(standard, small, NULL, &own) == DABIAO_OK);
    WRONG(dabiao_scores_rows(own) == 3 && dabiao_scores_free(own) == DABIAO_OK);
    WRONG(dabiao_scores_free(own) == DABIAO_ERROR_HANDLE);
  }
  return NULL;
}

static void eight_at_once(void) {
  pthread_t running[THREADS];
  intptr_t wrong[THREADS] = {0};
  shared = scored(small, 1);
  EXPECT(dabiao_scores_statistics(shared, &statistics) == DABIAO_OK);
  EXPECT(dabiao_grid_from_csv(DABIAO_CODES_FREE, "g", "code,level,parent\ns,street,\nc,community,s\n",
                              DABIAO_NUL_TERMINATED, &grid) == DABIAO_OK);
  for (int i = 0; i < THREADS; i++) pthread_create(&running[i], NULL, reader, &wrong[i]);
  for (int i = 0; i < THREADS; i++) {
    pthread_join(running[i], NULL);
    EXPECT(wrong[i] == 0);
  }
  EXPECT(dabiao_grid_free(grid) == DABIAO_OK);
  EXPECT(dabiao_statistics_free(statistics) == DABIAO_OK);
  EXPECT(dabiao_scores_free(shared) == DABIAO_OK);
}

/* Exits with 0 where a child can read, score on several threads, explain and free. */
static void child(const dabiao_scores *parents) {
  dabiao_standard *own = NULL;
  dabiao_scores *scores = NULL;
  dabiao_text *text = NULL;
  dabiao_score_options options = {0};
  size_t live = dabiao_live_handles();
  options.threads = 3;
  int sound = dabiao_standard_builtin("uci-communities", &own) == DABIAO_OK &&
              dabiao_standard_builtin("none", &own) == DABIAO_ERROR_NOT_FOUND &&
              strlen(dabiao_last_error_message(DABIAO_LANG_ZH)) > 0 &&
              dabiao_score(standard, large, &options, &scores) == DABIAO_OK &&
              dabiao_scores_explain(parents, 0, &text) == DABIAO_OK &&
              dabiao_text_free(text) == DABIAO_OK && dabiao_scores_free(scores) == DABIAO_OK &&
              dabiao_standard_free(own) == DABIAO_OK && dabiao_live_handles() == live;
  _exit(sound ? 0 : 1);
}

static void forked(void) {
  dabiao_scores *scores = scored(large, 3);
  for (int i = 0; i < 3; i++) {
    pid_t pid = fork();
    if (pid == 0) child(scores);
    int status = -1;
    EXPECT(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT(dabiao_scores_free(scores) == DABIAO_OK);
}

int main(void) {
  EXPECT(dabiao_standard_builtin("weihai-2020", &standard) == DABIAO_OK);
  small = table(3);
  large = table(6000);
  limits();
  told();
  eight_at_once();
  forked();
  EXPECT(dabiao_observations_free(large) == DABIAO_OK);
  EXPECT(dabiao_observations_free(small) == DABIAO_OK);
  EXPECT(dabiao_standard_free(standard) == DABIAO_OK);
  EXPECT(dabiao_live_handles() == 0 && alone());
  puts("threads: none too many");
  return 0;
}
