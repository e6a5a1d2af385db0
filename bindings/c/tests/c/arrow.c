/* Arrow's C interfaces, in and out: ownership, and structures that are wrong. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dabiao.h>

#include "../../examples/c/arrow_abi.h"

#define EXPECT(condition)                                     \
  do {                                                        \
    if (!(condition)) {                                       \
      fprintf(stderr, "line %d: %s: %s\n", __LINE__, #condition, \
              dabiao_last_error_message(DABIAO_LANG_EN));     \
      exit(1);                                                \
    }                                                         \
  } while (0)

/* The table: codes b, a; activities 12 and null. All of it is static. */
static const int32_t offsets[] = {0, 1, 2};
static char texts[] = "ba";
static const double activities[] = {12, 0};
static const uint8_t validity[] = {1};
static const void *code_buffers[] = {NULL, offsets, texts};
static const void *number_buffers[] = {validity, activities};
static const void *no_buffers[] = {NULL};

static int released;
static void release_schema(struct ArrowSchema *schema) {
  for (int64_t i = 0; i < schema->n_children; i++) {
    if (schema->children[i]->release) schema->children[i]->release(schema->children[i]);
  }
  schema->release = NULL;
}
static void release_array(struct ArrowArray *array) {
  for (int64_t i = 0; i < array->n_children; i++) {
    if (array->children[i]->release) array->children[i]->release(array->children[i]);
  }
  array->release = NULL;
}
static void release_stream(struct ArrowArrayStream *stream) {
  released++;
  stream->release = NULL;
}

static const char *disk_error(struct ArrowArrayStream *stream) {
  (void)stream;
  return "the disk is gone";
}

static int schema_of(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
  static struct ArrowSchema fields[2], *children[] = {&fields[0], &fields[1]};
  (void)stream;
  fields[0] = (struct ArrowSchema){"u", "code", NULL, 0, 0, NULL, NULL, release_schema, NULL};
  fields[1] = (struct ArrowSchema){"g", "activities", NULL, 2, 0, NULL, NULL, release_schema, NULL};
  *out = (struct ArrowSchema){"+s", "", NULL, 0, 2, children, NULL, release_schema, NULL};
  return 0;
}

static int next_of(struct ArrowArrayStream *stream, struct ArrowArray *out) {
  static struct ArrowArray columns[2], *children[] = {&columns[0], &columns[1]};
  int *left = stream->private_data;
  if ((*left)-- == 0) {
    out->release = NULL;
    return 0;
  }
  columns[0] = (struct ArrowArray){2, 0, 0, 3, 0, code_buffers, NULL, NULL, release_array, NULL};
  columns[1] = (struct ArrowArray){2, 1, 0, 2, 0, number_buffers, NULL, NULL, release_array, NULL};
  *out = (struct ArrowArray){2, 0, 0, 1, 2, no_buffers, children, NULL, release_array, NULL};
  return 0;
}

static const char *no_error(struct ArrowArrayStream *stream) {
  (void)stream;
  return NULL;
}

static struct ArrowArrayStream stream_of(int *batches) {
  return (struct ArrowArrayStream){schema_of, next_of, no_error, release_stream, batches};
}

static int fails(struct ArrowArrayStream *stream, struct ArrowArray *out) {
  (void)out;
  stream->get_last_error = disk_error;
  return 5;
}

static int schema_fails(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
  (void)stream;
  (void)out;
  return 22;
}

/* One array and its schema; those that contradict each other are told. */
static void lone_array(dabiao_standard *standard) {
  dabiao_observations *table = NULL;
  struct ArrowSchema schema;
  struct ArrowArray array;
  int batches = 1;
  struct ArrowArrayStream stream = stream_of(&batches);
#define MAKE() (batches = 1, schema_of(&stream, &schema), next_of(&stream, &array))
#define READ() dabiao_observations_from_arrow_array(standard, &array, &schema, 0, &table)
  MAKE();
  EXPECT(dabiao_observations_from_arrow_array(NULL, &array, &schema, 0, &table) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_from_arrow_array(standard, NULL, &schema, 0, &table) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_from_arrow_array(standard, &array, NULL, 0, &table) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_from_arrow_array(standard, &array, &schema, 0, NULL) == DABIAO_ERROR_NULL);
  EXPECT(array.release != NULL && schema.release != NULL);
  EXPECT(READ() == DABIAO_OK);
  EXPECT(array.release == NULL && schema.release == NULL);
  EXPECT(dabiao_observations_rows(table) == 2);
  EXPECT(dabiao_observations_free(table) == DABIAO_OK);
  table = NULL;
  EXPECT(READ() == DABIAO_ERROR_ARGUMENT); /* released */
  MAKE();
  array.n_children = 1;
  EXPECT(READ() == DABIAO_ERROR_IO);
  MAKE();
  schema.format = "no such type";
  EXPECT(READ() == DABIAO_ERROR_IO);
  MAKE();
  schema.format = "g"; /* no structure */
  EXPECT(READ() != DABIAO_OK);
  MAKE();
  schema.children[1]->name = "no such measure";
  EXPECT(READ() == DABIAO_ERROR_FAULTS);
  EXPECT(strstr(dabiao_last_error_faults(), "no such measure") != NULL);
  EXPECT(table == NULL && array.release == NULL && schema.release == NULL);
}

int main(void) {
  dabiao_standard *standard = NULL;
  dabiao_observations *table = NULL;
  dabiao_scores *scores = NULL;
  int batches = 1;
  struct ArrowArrayStream in = stream_of(&batches), out;
  EXPECT(dabiao_standard_builtin("weihai-2020", &standard) == DABIAO_OK);

  EXPECT(dabiao_observations_from_arrow_stream(standard, NULL, 0, &table) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_from_arrow_stream(standard, &in, 0, NULL) == DABIAO_ERROR_NULL);
  EXPECT(released == 0 && in.release != NULL);
  EXPECT(dabiao_observations_from_arrow_stream(standard, &in, 0, &table) == DABIAO_OK);
  EXPECT(released == 1 && in.release == NULL);
  EXPECT(dabiao_observations_rows(table) == 2);
  EXPECT(strcmp(dabiao_observations_code(table, 0), "a") == 0);

  /* A released stream, a repeated row, and bytes that are no text, are told. */
  dabiao_observations *none = NULL;
  EXPECT(dabiao_observations_from_arrow_stream(standard, &in, 0, &none) == DABIAO_ERROR_ARGUMENT);
  EXPECT(strstr(dabiao_last_error_message(DABIAO_LANG_EN), "stream") != NULL);
  batches = 2;
  in = stream_of(&batches);
  EXPECT(dabiao_observations_from_arrow_stream(standard, &in, 0, &none) == DABIAO_ERROR_FAULTS);
  texts[0] = '\xff';
  batches = 1;
  in = stream_of(&batches);
  EXPECT(dabiao_observations_from_arrow_stream(standard, &in, 0, &none) != DABIAO_OK);
  EXPECT(strstr(dabiao_last_error_message(DABIAO_LANG_EN), "stream cannot be read") != NULL);
  texts[0] = 'b';
  batches = 1;
  in = stream_of(&batches);
  in.get_next = fails;
  EXPECT(dabiao_observations_from_arrow_stream(standard, &in, 0, &none) == DABIAO_ERROR_IO);
  EXPECT(strstr(dabiao_last_error_message(DABIAO_LANG_EN), "the disk is gone") != NULL);
  in = stream_of(&batches);
  in.get_schema = schema_fails;
  EXPECT(dabiao_observations_from_arrow_stream(standard, &in, 0, &none) == DABIAO_ERROR_IO);
  EXPECT(none == NULL && released == 5);
  lone_array(standard);

  EXPECT(dabiao_score(standard, table, NULL, &scores) == DABIAO_OK);
  struct ArrowSchema schema;
  struct ArrowArray batch;
  EXPECT(dabiao_scores_to_arrow_stream(scores, 2, &out) == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_scores_to_arrow_stream(NULL, 0, &out) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_to_arrow_stream(scores, 0, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_to_arrow_array(scores, 0, &batch, NULL) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_to_arrow_array(scores, 0, NULL, &schema) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_scores_to_arrow_array(scores, -1, &batch, &schema) == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_scores_to_arrow_array(scores, DABIAO_ARROW_DECIMAL, &batch, &schema) == DABIAO_OK);
  EXPECT(batch.length == 2 && schema.n_children == batch.n_children);
  EXPECT(strcmp(schema.children[0]->name, "code") == 0);
  batch.release(&batch);
  schema.release(&schema);
  EXPECT(dabiao_scores_to_arrow_stream(scores, DABIAO_ARROW_FLOAT64, &out) == DABIAO_OK);
  size_t item, rows[2] = {0, 0};
  double points[2];
  EXPECT(dabiao_standard_find_part(standard, DABIAO_PART_ITEM, "5.2", &item) == DABIAO_OK);
  EXPECT(dabiao_scores_values(scores, DABIAO_POINTS_ITEM, item, DABIAO_ORDER_CODE, points, 0, 2) ==
         DABIAO_OK);
  /* The stream stays usable when everything else is freed. */
  EXPECT(dabiao_scores_free(scores) == DABIAO_OK);
  EXPECT(dabiao_observations_free(table) == DABIAO_OK);
  EXPECT(dabiao_standard_free(standard) == DABIAO_OK);

  EXPECT(out.get_schema(&out, &schema) == 0);
  int64_t column = -1;
  for (int64_t i = 0; i < schema.n_children; i++) {
    if (strcmp(schema.children[i]->name, "5.2") == 0) column = i;
  }
  EXPECT(column >= 0 && strcmp(schema.children[column]->format, "g") == 0);
  schema.release(&schema);
  for (;;) {
    EXPECT(out.get_next(&out, &batch) == 0);
    if (batch.release == NULL) break;
    const struct ArrowArray *values = batch.children[column];
    const double *found = (const double *)values->buffers[1] + values->offset;
    for (int64_t i = 0; i < values->length; i++) EXPECT(found[i] == points[rows[0]++]);
    batch.release(&batch);
  }
  EXPECT(rows[0] == 2);
  out.release(&out);
  EXPECT(dabiao_live_handles() == 0);
  puts("arrow: in and out");
  return 0;
}
