/* A table in and scores out through Arrow's C stream interface, without any Arrow library. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dabiao.h>

/* As https://arrow.apache.org/docs/format/CDataInterface.html defines them. */
struct ArrowSchema {
  const char *format, *name, *metadata;
  int64_t flags, n_children;
  struct ArrowSchema **children, *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};
struct ArrowArray {
  int64_t length, null_count, offset, n_buffers, n_children;
  const void **buffers;
  struct ArrowArray **children, *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

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

int main(void) {
  dabiao_standard *standard = NULL;
  dabiao_observations *table = NULL;
  dabiao_scores *scores = NULL;
  int batches = 1;
  struct ArrowArrayStream in = stream_of(&batches), out;
  EXPECT(dabiao_standard_builtin("weihai-2020", &standard) == DABIAO_OK);

  EXPECT(dabiao_observations_from_arrow(standard, NULL, 0, &table) == DABIAO_ERROR_NULL);
  EXPECT(dabiao_observations_from_arrow(standard, &in, 0, NULL) == DABIAO_ERROR_NULL);
  EXPECT(released == 0 && in.release != NULL);
  EXPECT(dabiao_observations_from_arrow(standard, &in, 0, &table) == DABIAO_OK);
  EXPECT(released == 1 && in.release == NULL);
  EXPECT(dabiao_observations_rows(table) == 2);
  EXPECT(strcmp(dabiao_observations_code(table, 0), "a") == 0);

  /* A released stream, a repeated row, and bytes that are no text, are told. */
  dabiao_observations *none = NULL;
  EXPECT(dabiao_observations_from_arrow(standard, &in, 0, &none) == DABIAO_ERROR_IO);
  batches = 2;
  in = stream_of(&batches);
  EXPECT(dabiao_observations_from_arrow(standard, &in, 0, &none) == DABIAO_ERROR_FAULTS);
  texts[0] = '\xff';
  batches = 1;
  in = stream_of(&batches);
  EXPECT(dabiao_observations_from_arrow(standard, &in, 0, &none) != DABIAO_OK);
  texts[0] = 'b';
  EXPECT(none == NULL && released == 3);

  EXPECT(dabiao_score(standard, table, NULL, &scores) == DABIAO_OK);
  EXPECT(dabiao_scores_to_arrow(scores, 2, &out) == DABIAO_ERROR_ARGUMENT);
  EXPECT(dabiao_scores_to_arrow(scores, DABIAO_ARROW_FLOAT64, &out) == DABIAO_OK);
  size_t item, rows[2] = {0, 0};
  double points[2];
  EXPECT(dabiao_standard_find_part(standard, DABIAO_PART_ITEM, "5.2", &item) == DABIAO_OK);
  EXPECT(dabiao_scores_values(scores, DABIAO_POINTS_ITEM, item, DABIAO_ORDER_CODE, points, 0, 2) ==
         DABIAO_OK);
  /* The stream stays usable when everything else is freed. */
  EXPECT(dabiao_scores_free(scores) == DABIAO_OK);
  EXPECT(dabiao_observations_free(table) == DABIAO_OK);
  EXPECT(dabiao_standard_free(standard) == DABIAO_OK);

  struct ArrowSchema schema;
  struct ArrowArray batch;
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
