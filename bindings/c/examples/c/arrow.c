/* A table in and scores out through Apache Arrow's C interfaces, without any Arrow library:
 * cc arrow.c $(pkg-config --cflags --libs dabiao) */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrow_abi.h"
#include <dabiao.h>

/* The table: a code, a number that may be missing, a whole number. It is static, and so nothing
 * is freed when it is released. */
static const int32_t code_ends[] = {0, 4, 8, 12};
static const char codes[] = "370237013704";
static const double coverage[] = {100.0, 0, 91.25};
static const uint8_t coverage_is_there[] = {0x5}; /* the lowest bit is the first row's */
static const int32_t meetings[] = {3, 1, 2};
static const void *code_buffers[] = {NULL, code_ends, codes};
static const void *coverage_buffers[] = {coverage_is_there, coverage};
static const void *meetings_buffers[] = {NULL, meetings};
static const void *no_buffers[] = {NULL};

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

static struct ArrowSchema field(const char *name, const char *format) {
  struct ArrowSchema made = {0};
  made.name = name;
  made.format = format; /* "u" UTF-8, "g" double, "i" int32, "+s" a structure */
  made.flags = ARROW_FLAG_NULLABLE;
  made.release = release_schema;
  return made;
}

static struct ArrowArray array(int64_t length, int64_t nulls, int64_t count, const void **buffers) {
  struct ArrowArray made = {0};
  made.length = length;
  made.null_count = nulls;
  made.n_buffers = count;
  made.buffers = buffers;
  made.release = release_array;
  return made;
}

static void make_table(struct ArrowArray *table, struct ArrowSchema *schema) {
  static struct ArrowSchema fields[3], *field_places[] = {&fields[0], &fields[1], &fields[2]};
  static struct ArrowArray columns[3], *column_places[] = {&columns[0], &columns[1], &columns[2]};
  fields[0] = field("code", "u");
  fields[1] = field("organisation_coverage", "g");
  fields[2] = field("deliberation_meetings", "i");
  *schema = field("", "+s");
  schema->n_children = 3;
  schema->children = field_places;
  columns[0] = array(3, 0, 3, code_buffers);
  columns[1] = array(3, 1, 2, coverage_buffers);
  columns[2] = array(3, 0, 2, meetings_buffers);
  *table = array(3, 0, 1, no_buffers);
  table->n_children = 3;
  table->children = column_places;
}

static int64_t column_of(const struct ArrowSchema *schema, const char *name) {
  for (int64_t i = 0; i < schema->n_children; i++) {
    if (strcmp(schema->children[i]->name, name) == 0) return i;
  }
  return -1;
}

/* Prints the codes and totals of a batch. */
static void print(const struct ArrowArray *batch, int64_t code, int64_t total) {
  const struct ArrowArray *names = batch->children[code], *totals = batch->children[total];
  const int32_t *ends = (const int32_t *)names->buffers[1] + names->offset;
  const char *text = names->buffers[2];
  const double *points = (const double *)totals->buffers[1] + totals->offset;
  for (int64_t i = 0; i < batch->length; i++) {
    printf("%.*s  %.2f\n", (int)(ends[i + 1] - ends[i]), text + ends[i], points[i]);
  }
}

static int failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, dabiao_last_error_message(DABIAO_LANG_EN));
  return EXIT_FAILURE;
}

int main(void) {
  dabiao_standard *standard = NULL;
  dabiao_observations *observations = NULL;
  dabiao_scores *scores = NULL;
  struct ArrowArray table, batch;
  struct ArrowSchema schema;
  struct ArrowArrayStream stream = {0};
  int result = EXIT_FAILURE;

  if (dabiao_standard_builtin("weihai-2020", &standard) != DABIAO_OK) {
    result = failed("standard");
    goto done;
  }
  make_table(&table, &schema);
  if (dabiao_observations_from_arrow_array(standard, &table, &schema, 0, &observations) !=
      DABIAO_OK) {
    result = failed("observations");
    goto done;
  }
  if (dabiao_score(standard, observations, NULL, &scores) != DABIAO_OK ||
      dabiao_scores_to_arrow_stream(scores, DABIAO_ARROW_FLOAT64, &stream) != DABIAO_OK) {
    result = failed("scores");
    goto done;
  }

  /* The schema first, then batches until one comes that is released already. */
  if (stream.get_schema(&stream, &schema) != 0) goto done;
  int64_t code = column_of(&schema, "code"), total = column_of(&schema, "total");
  schema.release(&schema);
  if (code < 0 || total < 0) goto done;
  while (stream.get_next(&stream, &batch) == 0) {
    if (batch.release == NULL) {
      result = EXIT_SUCCESS;
      break;
    }
    print(&batch, code, total);
    batch.release(&batch);
  }

done:
  if (stream.release) stream.release(&stream);
  dabiao_scores_free(scores);
  dabiao_observations_free(observations);
  dabiao_standard_free(standard);
  return result;
}
