/* A grid from columns in memory, and a whole campaign from its file:
 * cc campaign.c $(pkg-config --cflags --libs dabiao) && ./a.out campaign.toml */

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <dabiao.h>

static int failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, dabiao_last_error_message(DABIAO_LANG_EN));
  return EXIT_FAILURE;
}

/* A unit as a system may hold it; the columns are read out of it in place. */
typedef struct {
  const char *code, *level, *parent;
  int8_t organisation; /* 1 established, 0 not */
} unit;

static const unit units[] = {
    {"s1", "street", NULL, 1},       {"c1", "community", "s1", 1},
    {"g11", "grid", "c1", 1},        {"g12", "grid", "c1", 0},
    {"b111", "building", "g11", 1},  {"b121", "building", "g12", 0},
};

static dabiao_column column(const char *name, int32_t type, const void *first) {
  dabiao_column made = {0};
  made.name = name;
  made.type = type;
  made.values = first;
  made.stride = (ptrdiff_t)sizeof(unit);
  return made;
}

static int coverage(void) {
  dabiao_grid *grid = NULL;
  dabiao_text *lacking = NULL;
  dabiao_coverage covered;
  int result = EXIT_FAILURE;
  const dabiao_column columns[] = {
      column("code", DABIAO_TYPE_TEXT, &units->code),
      column("level", DABIAO_TYPE_TEXT, &units->level),
      column("parent", DABIAO_TYPE_TEXT, &units->parent),
      column("organisation", DABIAO_TYPE_INT8, &units->organisation),
  };
  if (dabiao_grid_from_columns(DABIAO_CODES_FREE, columns, sizeof columns / sizeof *columns,
                               sizeof units / sizeof *units, &grid) != DABIAO_OK ||
      dabiao_grid_coverage(grid, "c1", DABIAO_LEVEL_ALL, &covered) != DABIAO_OK ||
      dabiao_grid_lacking(grid, "c1", &lacking) != DABIAO_OK) {
    result = failed("grid");
    goto done;
  }
  printf("c1: %" PRIu64 " of %" PRIu64 " units, %.1f%%; without: %s\n", covered.established,
         covered.units, 100 * covered.share, dabiao_text_data(lacking));
  result = EXIT_SUCCESS;

done:
  dabiao_text_free(lacking);
  dabiao_grid_free(grid);
  return result;
}

static int campaign(const char *path) {
  dabiao_campaign *campaign = NULL;
  dabiao_scores *scores = NULL;
  dabiao_text *text = NULL;
  int32_t *outcomes = NULL;
  int result = EXIT_FAILURE;

  if (dabiao_campaign_run_file(path, NULL, &campaign) != DABIAO_OK) {
    /* Every fault of every file, as JSON for a program: dabiao_last_error_faults(). */
    result = failed(path);
    goto done;
  }
  if (dabiao_campaign_scores(campaign, &scores) != DABIAO_OK) {
    result = failed("scores");
    goto done;
  }
  size_t rows = dabiao_scores_rows(scores);
  outcomes = malloc((rows + 1) * sizeof *outcomes);
  if (!outcomes) goto done;
  if (dabiao_campaign_selection(campaign, outcomes, NULL, rows) != DABIAO_OK) {
    result = failed("selection");
    goto done;
  }
  for (size_t row = 0; row < rows; row++) {
    dabiao_card card;
    if (dabiao_scores_card(scores, row, &card, NULL) != DABIAO_OK ||
        dabiao_campaign_reason(campaign, row, DABIAO_LANG_EN, &text) != DABIAO_OK) {
      result = failed("card");
      goto done;
    }
    printf("%s  %.2f  %s  %s\n", dabiao_scores_code(scores, row), card.total_value,
           outcomes[row] == DABIAO_OUTCOME_CHOSEN ? "chosen" : "-", dabiao_text_data(text));
    dabiao_text_free(text);
    text = NULL;
  }

  /* Any table of the command `dabiao run`, without a file; dabiao_campaign_write writes all. */
  if (dabiao_campaign_file(campaign, "districts.csv", DABIAO_LANG_EN, &text) != DABIAO_OK) {
    result = failed("districts.csv");
    goto done;
  }
  printf("districts.csv has %s\n", dabiao_text_length(text) > 0 ? "rows" : "nothing");
  for (size_t i = 0;; i++) {
    const char *name = dabiao_campaign_file_name(campaign, i);
    if (name == NULL) break;
    printf("%s%s", i ? ", " : "also ", name);
  }
  putchar('\n');
  result = EXIT_SUCCESS;

done:
  free(outcomes);
  dabiao_text_free(text);
  dabiao_scores_free(scores);
  dabiao_campaign_free(campaign);
  return result;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s CAMPAIGN.toml\n", argv[0]);
    return 2;
  }
  int result = coverage();
  return result == EXIT_SUCCESS ? campaign(argv[1]) : result;
}
