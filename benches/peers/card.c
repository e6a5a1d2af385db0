/* Seconds that one record takes from C: `card STANDARD CARDS TIMES`, where CARDS is a file of
 * doubles, record after record. */

#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <dabiao.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **words) {
  dabiao_standard *standard = NULL;
  dabiao_scorer *scorer = NULL;
  dabiao_standard_info info;
  dabiao_card card;
  if (count != 4 || dabiao_standard_from_file(words[1], &standard) != DABIAO_OK ||
      dabiao_standard_about(standard, &info) != DABIAO_OK ||
      dabiao_scorer_new(standard, NULL, &scorer) != DABIAO_OK) {
    fprintf(stderr, "%s\n", dabiao_last_error_message(DABIAO_LANG_EN));
    return 1;
  }
  FILE *file = fopen(words[2], "rb");
  if (!file) return 1;
  fseek(file, 0, SEEK_END);
  size_t cards = (size_t)ftell(file) / sizeof(double) / info.measures;
  double *values = malloc(cards * info.measures * sizeof *values);
  rewind(file);
  if (!values || !cards || fread(values, info.measures * sizeof *values, cards, file) != cards) {
    return 1;
  }
  fclose(file);
  int times = atoi(words[3]);
  long long sum = 0;
  double started = now();
  for (int round = 0; round < times; round++) {
    for (size_t at = 0; at < cards; at++) {
      const double *record = values + at * info.measures;
      if (dabiao_scorer_score(scorer, record, NULL, info.measures, &card, NULL) != DABIAO_OK) {
        return 1;
      }
      sum += card.total;
    }
  }
  double seconds = (now() - started) / (double)cards / times;
  if (sum == 0) return 1;
  printf("%.12f\n", seconds);
  return 0;
}
