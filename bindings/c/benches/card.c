/* How long one community takes, with every measure of weihai-2020 given as a double, to total,
 * grade and item points; and how many times memory is asked for on the way.
 *
 *   cc -O2 card.c $(pkg-config --cflags --libs dabiao) -ldl -o card && ./card */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <dabiao.h>

/* Stand before the system's own, so that the library's calls are counted too. */
static size_t asked;
static void *(*real_malloc)(size_t);
static void *(*real_realloc)(void *, size_t);
static void *(*real_calloc)(size_t, size_t);
static int (*real_aligned)(void **, size_t, size_t);

static void find(void *function, const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  memcpy(function, &found, sizeof found);
}

void *malloc(size_t size) {
  if (!real_malloc) find(&real_malloc, "malloc");
  asked++;
  return real_malloc(size);
}

void *realloc(void *memory, size_t size) {
  if (!real_realloc) find(&real_realloc, "realloc");
  asked++;
  return real_realloc(memory, size);
}

void *calloc(size_t count, size_t size) {
  if (!real_calloc) find(&real_calloc, "calloc");
  asked++;
  return real_calloc(count, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  if (!real_aligned) find(&real_aligned, "posix_memalign");
  asked++;
  return real_aligned(out, alignment, size);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_size(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

enum { ROUNDS = 2001, CALLS = 200, CARDS = 64 };
static double times[ROUNDS];

/* About what a community of 8,000 has, where a rule divides by it or a veto looks at it. */
static const struct {
  const char *measure;
  double about;
} USUAL[] = {
    {"residents", 8000},        {"households", 3000},     {"area", 100000},
    {"grid_cases_reported", 400}, {"grid_cases_closed", 390}, {"compounds", 6},
    {"red_compounds", 5},       {"upkeep_compounds", 5},  {"building_households", 900},
    {"sorting_households", 800}, {"facilities", 60},      {"facilities_in_order", 55},
    {"survey_valid", 200},      {"survey_satisfied", 185}, {"requests_received", 50},
    {"requests_settled", 48},   {"major_accidents", 0},   {"disciplined_members", 0},
};

/* A value that the measure may have. */
static double drawn(const dabiao_measure *measure, uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  double chance = (double)(*state >> 11) / 9007199254740992.0;
  double least = measure->min > -1e12 ? measure->min : 0;
  double most = measure->max < 1e12 ? measure->max : least + 40;
  for (size_t i = 0; i < sizeof USUAL / sizeof *USUAL; i++) {
    if (strcmp(USUAL[i].measure, measure->name) == 0) {
      return (double)(int64_t)(USUAL[i].about * (0.97 + 0.03 * chance));
    }
  }
  switch (measure->kind) {
    case DABIAO_KIND_YES_NO: return chance < 0.9;
    case DABIAO_KIND_LABEL: return (double)(size_t)(chance * (double)measure->labels);
    case DABIAO_KIND_DATE: return 18000 + (double)(int)(chance * 1000);
    case DABIAO_KIND_COUNT: return (double)(int64_t)(least + (most - least) * chance);
    default: /* a share has decimals, a mark may have a step */
      if (most == 100) return (double)(int64_t)(8500 + 1500 * chance) / 100;
      return (double)(int64_t)(least + (most - least) * chance);
  }
}

int main(void) {
  dabiao_standard *standard = NULL;
  dabiao_scorer *scorer = NULL;
  dabiao_standard_info info;
  dabiao_card card;
  dabiao_card_parts parts;
  uint64_t state = 1;
  memset(&parts, 0, sizeof parts);
  if (dabiao_standard_builtin("weihai-2020", &standard) != DABIAO_OK ||
      dabiao_standard_about(standard, &info) != DABIAO_OK ||
      dabiao_scorer_new(standard, NULL, &scorer) != DABIAO_OK) {
    fprintf(stderr, "%s\n", dabiao_last_error_message(DABIAO_LANG_EN));
    return 1;
  }
  double *values = malloc(CARDS * info.measures * sizeof *values);
  parts.items = info.items;
  parts.item_points = malloc(info.items * sizeof(int64_t));
  for (size_t i = 0; i < CARDS * info.measures; i++) {
    dabiao_measure measure;
    if (dabiao_standard_measure(standard, i % info.measures, &measure) != DABIAO_OK) return 1;
    values[i] = drawn(&measure, &state);
  }
  size_t graded = 0;
  for (size_t i = 0; i < CARDS; i++) {
    if (dabiao_scorer_score(scorer, values + i * info.measures, NULL, info.measures, &card, &parts) !=
        DABIAO_OK) {
      fprintf(stderr, "card %zu: %s\n", i, dabiao_last_error_message(DABIAO_LANG_EN));
      return 1;
    }
    graded += card.grade != DABIAO_NO_GRADE;
  }
  size_t before = asked;
  for (size_t round = 0; round < ROUNDS; round++) {
    double started = now();
    for (size_t i = 0; i < CALLS; i++) {
      const double *row = values + i % CARDS * info.measures;
      dabiao_scorer_score(scorer, row, NULL, info.measures, &card, &parts);
    }
    times[round] = (now() - started) / CALLS;
  }
  size_t calls = (size_t)ROUNDS * CALLS;
  double allocations = (double)(asked - before) / (double)calls;
  qsort(times, ROUNDS, sizeof *times, by_size);
  printf("one community, %zu measures, %zu items (%zu of %d cards graded):\n", info.measures,
         info.items, graded, CARDS);
  printf("  median %.0f ns, best %.0f ns, 95th percentile %.0f ns of %d rounds of %d calls\n",
         times[ROUNDS / 2], times[0], times[ROUNDS * 95 / 100], ROUNDS, CALLS);
  printf("  %.3f allocations a call\n", allocations);
  free(parts.item_points);
  free(values);
  dabiao_scorer_free(scorer);
  dabiao_standard_free(standard);
  return 0;
}
