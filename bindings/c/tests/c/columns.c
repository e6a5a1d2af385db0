/* One table in memory in many ways - types, strides, alignment, states, bits of validity, copied
 * or read where it stands - is one table. Prints nothing but its last line. */

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

enum { ROWS = 19 };
static dabiao_standard *standard;
static const char *codes[ROWS];
static char texts[ROWS][4];
static double numbers[ROWS]; /* whole and small: every type holds them */
static uint8_t states[ROWS], bits[4];
static char digest[65];

static void keep_digest(dabiao_observations *table, char *out) {
  dabiao_text *text = NULL;
  EXPECT(dabiao_observations_digest(table, &text) == DABIAO_OK && dabiao_text_length(text) == 64);
  memcpy(out, dabiao_text_data(text), 65);
  EXPECT(dabiao_text_free(text) == DABIAO_OK);
}

typedef dabiao_status (*reader)(const dabiao_standard *, const dabiao_column *, size_t, size_t,
                                dabiao_observations **);
static const reader readers[] = {dabiao_observations_from_columns,
                                 dabiao_observations_over_columns};

/* The column of numbers, beside the codes, makes the table of the digest, however it is read. */
static void same(dabiao_column column, const char *expected) {
  dabiao_column columns[2] = {{0}, {0}};
  columns[0].name = "code";
  columns[0].type = DABIAO_TYPE_TEXT;
  columns[0].values = codes;
  columns[1] = column;
  for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
    dabiao_observations *table = NULL;
    dabiao_scores *scores = NULL;
    char found[65];
    EXPECT(readers[i](standard, columns, 2, ROWS, &table) == DABIAO_OK);
    keep_digest(table, found);
    EXPECT(strcmp(found, expected) == 0);
    EXPECT(dabiao_score(standard, table, NULL, &scores) == DABIAO_OK);
    EXPECT(dabiao_observations_free(table) == DABIAO_OK);
    EXPECT(dabiao_scores_rows(scores) == ROWS);
    EXPECT(dabiao_scores_free(scores) == DABIAO_OK);
  }
}

/* Writes the numbers as a type, so many bytes apart, and gives the column over them. */
static dabiao_column column_of(int32_t type, unsigned char *memory, size_t stride) {
  dabiao_column made = {0};
  for (size_t i = 0; i < ROWS; i++) {
    unsigned char *place = memory + i * stride;
    const float float32 = (float)numbers[i];
    const int64_t int64 = (int64_t)numbers[i], scaled = int64 * 100;
    const int32_t int32 = (int32_t)int64;
    const int16_t int16 = (int16_t)int64;
    const int8_t int8 = (int8_t)int64;
    switch (type) {
      case DABIAO_TYPE_FLOAT64: memcpy(place, &numbers[i], 8); break;
      case DABIAO_TYPE_FLOAT32: memcpy(place, &float32, 4); break;
      case DABIAO_TYPE_INT64: memcpy(place, &int64, 8); break;
      case DABIAO_TYPE_INT32: memcpy(place, &int32, 4); break;
      case DABIAO_TYPE_INT16: memcpy(place, &int16, 2); break;
      case DABIAO_TYPE_INT8: memcpy(place, &int8, 1); break;
      default: memcpy(place, &scaled, 8); break;
    }
  }
  made.type = type;
  made.decimals = 2;
  made.values = memory;
  made.stride = (ptrdiff_t)stride;
  return made;
}

/* The digest of the table from CSV, with a cell as it is typed for each row. */
static void reference(const char *measure, int not_applicable) {
  char csv[1024];
  int length = sprintf(csv, "code,%s\n", measure);
  for (size_t i = 0; i < ROWS; i++) {
    length += sprintf(csv + length, "%s,", codes[i]);
    if (states[i] == DABIAO_VALUE) length += sprintf(csv + length, "%.0f", numbers[i]);
    if (states[i] == DABIAO_NOT_APPLICABLE && not_applicable) length += sprintf(csv + length, "不涉及");
    length += sprintf(csv + length, "\n");
  }
  dabiao_observations *table = NULL;
  EXPECT(dabiao_observations_from_csv(standard, "t", csv, (size_t)length, &table) == DABIAO_OK);
  keep_digest(table, digest);
  EXPECT(dabiao_observations_free(table) == DABIAO_OK);
}

static const int32_t types[] = {DABIAO_TYPE_FLOAT64, DABIAO_TYPE_FLOAT32, DABIAO_TYPE_INT64,
                                DABIAO_TYPE_INT32,   DABIAO_TYPE_INT16,   DABIAO_TYPE_INT8,
                                DABIAO_TYPE_DECIMAL64};
static const size_t sizes[] = {8, 4, 8, 4, 2, 1, 8};

static void all_ways(const char *measure) {
  static uint64_t memory[64 * 4]; /* aligned, and room for one byte of shift */
  for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
    for (size_t wider = 0; wider < 2; wider++) {
      for (size_t shift = 0; shift < 2; shift++) {
        dabiao_column column = column_of(types[t], (unsigned char *)memory + shift, sizes[t] + wider);
        column.name = measure;
        for (size_t offset = 0; offset < 10; offset += 5) {
          memset(bits, 0, sizeof bits);
          for (size_t i = 0; i < ROWS; i++) {
            states[i] = i % 3 == 1 ? DABIAO_MISSING : DABIAO_VALUE;
            if (states[i] == DABIAO_VALUE) bits[(i + offset) / 8] |= (uint8_t)(1u << ((i + offset) % 8));
          }
          reference(measure, 0);
          dabiao_column valid = column;
          valid.validity = bits;
          valid.validity_offset = offset;
          same(valid, digest);
        }
        dabiao_column stated = column;
        stated.states = states;
        same(stated, digest);
        for (size_t i = 0; i < ROWS; i++) states[i] = (uint8_t)(i % 3);
        reference(measure, 1);
        same(stated, digest);
        memset(states, DABIAO_VALUE, sizeof states);
        reference(measure, 0);
        same(column, digest);
      }
    }
  }
}

/* Backwards in memory, and rows that come in another order. */
static void turned(void) {
  dabiao_column column = {0};
  reference("activities", 0);
  double backwards[ROWS];
  for (size_t i = 0; i < ROWS; i++) backwards[ROWS - 1 - i] = numbers[i];
  column.name = "activities";
  column.values = &backwards[ROWS - 1];
  column.stride = -(ptrdiff_t)sizeof(double);
  same(column, digest);
  const char *ordered[ROWS];
  memcpy(ordered, codes, sizeof codes);
  for (size_t i = 0; i < ROWS; i++) codes[i] = ordered[ROWS - 1 - i];
  column.values = backwards;
  column.stride = 0;
  same(column, digest);
  memcpy(codes, ordered, sizeof codes);
}

/* A fault is told in the same words, and nothing is made. */
static void faults(void) {
  dabiao_column columns[2] = {{0}, {0}};
  dabiao_observations *table = NULL;
  char said[2][4096];
  double wrong[ROWS];
  memcpy(wrong, numbers, sizeof wrong);
  wrong[4] = 0.5;
  wrong[9] = -1;
  columns[0].name = "code";
  columns[0].type = DABIAO_TYPE_TEXT;
  columns[0].values = codes;
  columns[1].name = "activities";
  columns[1].values = wrong;
  for (size_t i = 0; i < 2; i++) {
    EXPECT(readers[i](standard, columns, 2, ROWS, &table) == DABIAO_ERROR_FAULTS);
    snprintf(said[i], sizeof said[i], "%s", dabiao_last_error_faults());
    EXPECT(strstr(said[i], "\"line\":6") != NULL && strstr(said[i], "\"line\":11") != NULL);
    EXPECT(readers[i](NULL, columns, 2, ROWS, &table) == DABIAO_ERROR_NULL);
    EXPECT(readers[i](standard, NULL, 2, ROWS, &table) == DABIAO_ERROR_NULL);
    EXPECT(readers[i](standard, columns, 2, ROWS, NULL) == DABIAO_ERROR_NULL);
  }
  EXPECT(strcmp(said[0], said[1]) == 0 && table == NULL);
  dabiao_observations_over_columns(standard, columns, 2, 0, &table);
  EXPECT(dabiao_observations_free(table) == DABIAO_OK);
}

int main(void) {
  for (int i = 0; i < ROWS; i++) {
    sprintf(texts[i], "c%02d", i);
    codes[i] = texts[i];
    numbers[i] = i % 2;
  }
  EXPECT(dabiao_standard_builtin("weihai-2020", &standard) == DABIAO_OK);
  all_ways("duty_rules"); /* yes or no */
  for (int i = 0; i < ROWS; i++) numbers[i] = i * 5;
  all_ways("activities");            /* a count */
  all_ways("organisation_coverage"); /* a number */
  turned();
  faults();
  EXPECT(dabiao_standard_free(standard) == DABIAO_OK);
  EXPECT(dabiao_live_handles() == 0);
  puts("columns: one table");
  return 0;
}
