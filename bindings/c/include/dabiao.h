/* Dabiao (达标): scores communities against a published standard, exactly and explainably.
 *
 * Made by cbindgen from bindings/c/src; do not edit. docs/c.md leads through it.
 *
 * What holds for every function:
 * - Text goes in and comes out as UTF-8. A text that goes in ends with a NUL, unless a length
 *   stands beside it; with DABIAO_NUL_TERMINATED as its length, it ends with a NUL too.
 * - A dabiao_status says how it went. After a failure dabiao_last_error_message says why, on
 *   the same thread, and nothing was written to any output.
 * - What is handed out as `dabiao_... **out` is a handle: yours to free, by the function named
 *   for it, once. It is no address, and is compared with NULL and nothing else. A handle that
 *   was freed, or is of another type, is told: DABIAO_ERROR_HANDLE.
 * - A pointer to an array or a text is valid for its whole length, and nobody changes what it
 *   points to during the call. Whatever is handed in is copied, but where a function
 *   says otherwise: it is yours when the call is over. Pointers to doubles, int64_t and structures are aligned as C aligns them.
 * - Any thread may call any function. Handles are shared as the comment on their type says.
 * - Nothing is printed, and no thread outlives a call.
 */

#ifndef DABIAO_H
#define DABIAO_H

#include <stddef.h>
#include <stdint.h>

// A length that says "up to the NUL".
#define DABIAO_NUL_TERMINATED SIZE_MAX

// The parent of what stands in no section.
#define DABIAO_NO_PARENT SIZE_MAX

// Apache Arrow's own structures, as its C data and C stream interfaces define them. Every
// Arrow library has the definitions; include them where you make or read one.
struct ArrowSchema;
struct ArrowArray;
struct ArrowArrayStream;

// The version that this header is of: breaking changes.
#define DABIAO_VERSION_MAJOR 0

// The version that this header is of: additions.
#define DABIAO_VERSION_MINOR 1

// The version that this header is of: corrections.
#define DABIAO_VERSION_PATCH 0

// The ABI that this header describes. A library of the same number has every function and
// structure of this header, unchanged; see `dabiao_abi_version`.
#define DABIAO_ABI_VERSION 1

// Messages in Chinese.
#define DABIAO_LANG_ZH 0

// Messages in English.
#define DABIAO_LANG_EN 1

// Sections, each before its own sections.
#define DABIAO_PART_SECTION 0

// Items of all sections, in the order of the standard.
#define DABIAO_PART_ITEM 1

// Bonuses.
#define DABIAO_PART_BONUS 2

// Deductions.
#define DABIAO_PART_DEDUCTION 3

// Vetoes.
#define DABIAO_PART_VETO 4

// Grades, best first.
#define DABIAO_PART_GRADE 5

// A whole number, at least 0.
#define DABIAO_KIND_COUNT 0

// A number in the measure's unit.
#define DABIAO_KIND_NUMBER 1

// 1 for yes, 0 for no.
#define DABIAO_KIND_YES_NO 2

// The index of a label.
#define DABIAO_KIND_LABEL 3

// The days since 1970-01-01.
#define DABIAO_KIND_DATE 4

// Collected at the street.
#define DABIAO_LEVEL_STREET 0

// Collected at the community.
#define DABIAO_LEVEL_COMMUNITY 1

// Collected at the grid, and rolled up.
#define DABIAO_LEVEL_GRID 2

// Collected at the building, and rolled up.
#define DABIAO_LEVEL_BUILDING 3

// Collected at the residential compound, and rolled up.
#define DABIAO_LEVEL_COMPOUND 4

// There is a value.
#define DABIAO_VALUE 0

// There is no value: a blank.
#define DABIAO_MISSING 1

// 不涉及
#define DABIAO_NOT_APPLICABLE 2

// Stands for no points: excluded, not applicable, no total. As a `double` it is NaN.
#define DABIAO_NO_POINTS INT64_MIN

// Stands for no grade.
#define DABIAO_NO_GRADE -1

// A condition could not be decided, or units were left out: the grade may change.
#define DABIAO_FLAG_PROVISIONAL 1

// A missing value was replaced by the cohort's mean or median.
#define DABIAO_FLAG_IMPUTED 2

// A veto took the grade, and with it the place.
#define DABIAO_FLAG_GRADE_TAKEN 4

// Nothing applies: there is no total, grade or place.
#define DABIAO_FLAG_NO_TOTAL 8

// The item does not apply.
#define DABIAO_STATE_NOT_APPLICABLE 1

// A value of the item is missing.
#define DABIAO_STATE_MISSING 2

// A missing value was replaced by the cohort's mean or median.
#define DABIAO_STATE_IMPUTED 4

// The item left because its value is missing.
#define DABIAO_STATE_EXCLUDED 8

// A condition gave the item full marks.
#define DABIAO_STATE_FULL_MARKS 16

// A condition took the item's points.
#define DABIAO_STATE_NO_MARKS 32

// A condition of the item could not be decided.
#define DABIAO_STATE_UNDECIDED 64

// A zero denominator settled the item.
#define DABIAO_STATE_ZERO_DENOMINATOR 128

// The veto does not hold.
#define DABIAO_VETO_CLEAR 0

// The veto holds.
#define DABIAO_VETO_HOLDS 1

// A missing value leaves the veto open; it does not hold.
#define DABIAO_VETO_UNDECIDED 2

// `double`
#define DABIAO_TYPE_FLOAT64 0

// `float`
#define DABIAO_TYPE_FLOAT32 1

// `int64_t`
#define DABIAO_TYPE_INT64 2

// `int32_t`
#define DABIAO_TYPE_INT32 3

// `int16_t`
#define DABIAO_TYPE_INT16 4

// `int8_t`
#define DABIAO_TYPE_INT8 5

// `int64_t`, of which the column's `decimals` digits stand after the point.
#define DABIAO_TYPE_DECIMAL64 6

// `const char *`, UTF-8 with a NUL behind it, as a person types it; NULL is a blank.
#define DABIAO_TYPE_TEXT 7

// In the order of codes, as rows are counted.
#define DABIAO_ORDER_CODE 0

// In the order in which the rows came in.
#define DABIAO_ORDER_INPUT 1

// The total.
#define DABIAO_POINTS_TOTAL 0

// The total before bonus.
#define DABIAO_POINTS_TOTAL_BEFORE_BONUS 1

// All bonuses together.
#define DABIAO_POINTS_ALL_BONUSES 2

// All deductions together, as a positive number.
#define DABIAO_POINTS_ALL_DEDUCTIONS 3

// A section, by its index.
#define DABIAO_POINTS_SECTION 4

// An item, by its index.
#define DABIAO_POINTS_ITEM 5

// One bonus, by its index.
#define DABIAO_POINTS_BONUS 6

// One deduction, by its index.
#define DABIAO_POINTS_DEDUCTION 7

// The index of the grade after vetoes, or `DABIAO_NO_GRADE`.
#define DABIAO_RESULT_GRADE 0

// The index of the grade that the points earned, before vetoes.
#define DABIAO_RESULT_GRADE_EARNED 1

// The place, from 1; 0 for none.
#define DABIAO_RESULT_RANK 2

// `DABIAO_FLAG_...`, added up.
#define DABIAO_RESULT_FLAGS 3

// `DABIAO_STATE_...` of an item, by its index, added up.
#define DABIAO_RESULT_ITEM_STATE 4

// `DABIAO_VETO_...` of a veto, by its index.
#define DABIAO_RESULT_VETO 5

// `DABIAO_STATE_...` of a bonus, by its index, added up.
#define DABIAO_RESULT_BONUS_STATE 6

// `DABIAO_STATE_...` of a deduction, by its index, added up.
#define DABIAO_RESULT_DEDUCTION_STATE 7

// `scores.csv`: a row a community.
#define DABIAO_CSV_SCORES 0

// `items.csv`: a row for each item of each community, with its explanation.
#define DABIAO_CSV_ITEMS 1

// `gaps.csv`: what each community lost, and what would win it back.
#define DABIAO_CSV_GAPS 2

// Points as `decimal128` with exactly the standard's decimals.
#define DABIAO_ARROW_DECIMAL 0

// Points as the nearest `float64`.
#define DABIAO_ARROW_FLOAT64 1

// Codes of units are any text.
#define DABIAO_CODES_FREE 0

// Codes of units are statistical division codes, 12 digits for a community and 9 for its
// street, which must agree with their parents.
#define DABIAO_CODES_DIVISIONS 1

// All four levels from street to building, pooled, each unit counted once.
#define DABIAO_LEVEL_ALL -1

// The community is not chosen, or nobody is to be chosen.
#define DABIAO_OUTCOME_NOT_CHOSEN 0

// The community is chosen, however ties are broken.
#define DABIAO_OUTCOME_CHOSEN 1

// The community is chosen by one way of breaking the ties and not by another (提请研究).
#define DABIAO_OUTCOME_TIED 2

// Stands for no tier.
#define DABIAO_NO_TIER -1

// What a call came to. The numbers never change their meaning.
typedef enum dabiao_status {
  // It was done.
  DABIAO_OK = 0,
  // A pointer is NULL that must not be.
  DABIAO_ERROR_NULL = 1,
  // A number, a length, a choice or an alignment that cannot be.
  DABIAO_ERROR_ARGUMENT = 2,
  // A text is not UTF-8.
  DABIAO_ERROR_UTF8 = 3,
  // A handle that was freed, is of another type, or never was one.
  DABIAO_ERROR_HANDLE = 4,
  // The handle is in use by another thread and may be used by one at a time.
  DABIAO_ERROR_BUSY = 5,
  // Nothing has this id, code or index.
  DABIAO_ERROR_NOT_FOUND = 6,
  // The input is at fault; `dabiao_last_error_faults` lists every fault.
  DABIAO_ERROR_FAULTS = 7,
  // A file or a stream could not be read or written.
  DABIAO_ERROR_IO = 8,
  // The progress callback asked to stop.
  DABIAO_ERROR_CANCELLED = 9,
  // A limit of the library, such as a million handles at once.
  DABIAO_ERROR_LIMIT = 10,
  // An error inside the library; please report it. Handles stay usable.
  DABIAO_ERROR_PANIC = 99,
} dabiao_status;

// A campaign that was run. Many threads may share it.
typedef struct dabiao_campaign dabiao_campaign;

// A party grid of streets, communities, grids and buildings, and compounds beside it. Many
// threads may share it.
typedef struct dabiao_grid dabiao_grid;

// A table of communities, checked against a standard, in the order of their codes as bytes.
// Many threads may share it.
typedef struct dabiao_observations dabiao_observations;

// Scores one community after another against a standard. One thread may use it at a time
// (another gets `DABIAO_ERROR_BUSY`); make one for each thread.
typedef struct dabiao_scorer dabiao_scorer;

// The scores of all communities of a table, in the order of their codes. Many threads may
// share it.
typedef struct dabiao_scores dabiao_scores;

// A standard: checked, compiled, and shared by as many threads as want it.
typedef struct dabiao_standard dabiao_standard;

// The statistics of every cohort that a standard looks at. Many threads may read it; while
// one merges into it, others get `DABIAO_ERROR_BUSY`.
typedef struct dabiao_statistics dabiao_statistics;

// A text that the library made: UTF-8, with a length, and a NUL behind it. Many threads may
// read it.
typedef struct dabiao_text dabiao_text;

// What a standard says of itself. Texts belong to the standard and live as long as it.
typedef struct dabiao_standard_info {
  // Its id.
  const char *id;
  // Its version, or NULL.
  const char *version;
  // Its title in Chinese.
  const char *title_zh;
  // Its title in English.
  const char *title_en;
  // What of it is official and what is drafted, in Chinese, or NULL. Show it wherever you
  // show the standard.
  const char *notice_zh;
  // The same in English, or NULL.
  const char *notice_en;
  // Where it was published, or NULL.
  const char *source;
  // Full marks.
  double full_marks;
  // Digits after the point of every points but the totals.
  uint32_t decimals;
  // Digits after the point of the total and the total before bonus.
  uint32_t total_decimals;
  // How many measures there are.
  size_t measures;
  // How many sections, at all depths.
  size_t sections;
  // How many items, in all sections.
  size_t items;
  // How many bonuses.
  size_t bonuses;
  // How many deductions.
  size_t deductions;
  // How many vetoes.
  size_t vetoes;
  // How many grades.
  size_t grades;
} dabiao_standard_info;

// A measure: what is observed. Texts belong to the standard and live as long as it.
typedef struct dabiao_measure {
  // Its name in the standard.
  const char *name;
  // Its title in Chinese.
  const char *title_zh;
  // Its title in English.
  const char *title_en;
  // Its unit, or NULL.
  const char *unit;
  // What a community's value is: `DABIAO_KIND_...`.
  int32_t kind;
  // Where it is collected: `DABIAO_LEVEL_...`.
  int32_t level;
  // How many labels it may take.
  size_t labels;
  // The least value, or minus infinity.
  double min;
  // The greatest value, or infinity.
  double max;
} dabiao_measure;

// A section, item, bonus, deduction, veto or grade. Texts belong to the standard and live as
// long as it.
typedef struct dabiao_part {
  // Its code.
  const char *code;
  // Its title in Chinese.
  const char *title_zh;
  // Its title in English.
  const char *title_en;
  // The index of the section in which it stands, or `DABIAO_NO_PARENT`.
  size_t parent;
  // The points that it is worth at most; NaN where there are none or no bound.
  double points;
} dabiao_part;

// What a community's card comes to. Points are whole numbers of `10^-decimals`, and beside
// them the nearest `double`, for charts.
typedef struct dabiao_card {
  // The total, in units of `10^-total_decimals`.
  int64_t total;
  // The sections less deductions and vetoes' points, in units of `10^-total_decimals`.
  int64_t total_before_bonus;
  // All bonuses together, capped, in units of `10^-decimals`.
  int64_t bonus;
  // All deductions together, capped, as a positive number, in units of `10^-decimals`.
  int64_t deductions;
  // The total, or NaN.
  double total_value;
  // The total before bonus, or NaN.
  double total_before_bonus_value;
  // The grade after vetoes: its index, or `DABIAO_NO_GRADE`.
  int32_t grade;
  // The grade that the points earned, before vetoes.
  int32_t grade_earned;
  // `DABIAO_FLAG_...`, added up.
  uint32_t flags;
  // The place among all communities of the table, from 1; 0 for none, and for a card alone.
  uint32_t rank;
  // How many vetoes hold.
  uint32_t vetoes;
  // Digits after the point of all points but the totals.
  uint32_t decimals;
  // Digits after the point of the totals.
  uint32_t total_decimals;
  // Always 0.
  uint32_t reserved;
} dabiao_card;

// The caller's arrays for the parts of a card. An array that is NULL is not wanted; every
// other has exactly as many places as the standard has such parts, and the length beside it
// says so.
typedef struct dabiao_card_parts {
  // Points of each section, in units of `10^-decimals`.
  int64_t *section_points;
  // The same as `double`.
  double *section_values;
  // How many places the arrays of sections have.
  size_t sections;
  // Points of each item, in units of `10^-decimals`.
  int64_t *item_points;
  // The same as `double`.
  double *item_values;
  // How each item came to its points: `DABIAO_STATE_...`, added up.
  uint8_t *item_states;
  // How many places the arrays of items have.
  size_t items;
  // Points of each bonus.
  int64_t *bonus_points;
  // How many places it has.
  size_t bonuses;
  // Points of each deduction, as a positive number.
  int64_t *deduction_points;
  // How many places it has.
  size_t deductions;
  // What came of each veto: `DABIAO_VETO_...`.
  uint8_t *veto_states;
  // How many places it has.
  size_t vetoes;
} dabiao_card_parts;

// A column of a table in the caller's memory. A number stands for a number in the measure's
// unit, 1 or 0 for yes or no, the index of a label, the days since 1970-01-01 of a date.
typedef struct dabiao_column {
  // The heading: "code", an attribute such as "district", or a measure's name.
  const char *name;
  // What stands in memory: `DABIAO_TYPE_...`.
  int32_t type;
  // Digits after the point, for `DABIAO_TYPE_DECIMAL64`; otherwise not looked at.
  int32_t decimals;
  // The value of the first row. It need not be aligned.
  const void *values;
  // Bytes from one value to the next; 0 where they stand one behind the other.
  ptrdiff_t stride;
  // `DABIAO_VALUE`, `DABIAO_MISSING` or `DABIAO_NOT_APPLICABLE` for each row; NULL where no
  // row needs it.
  const uint8_t *states;
  // Bytes from one state to the next; 0 where they stand one behind the other.
  ptrdiff_t states_stride;
  // A bit for each row, the lowest bit of a byte first, as in Arrow: 0 where the value is
  // missing; NULL where no row needs it.
  const uint8_t *validity;
  // The bit of the first row.
  size_t validity_offset;
} dabiao_column;

// Is told how far a run is: `done` of `all` rows. It returns 0 to go on, anything else to
// stop. It is called on the thread that called the library, and must not unwind or jump out.
typedef int32_t (*dabiao_progress)(void *user, size_t done, size_t all);

// How a table is scored. All zeros is a good choice.
typedef struct dabiao_score_options {
  // At most so many threads; 0 for as many as the machine has. Small tables take one. The
  // result is the same for any number.
  size_t threads;
  // Not 0 where the rows are single cards and no cohort: a rule that needs one is refused
  // unless statistics are given.
  int32_t alone;
  // Cohorts are those of an earlier run; NULL where the table is its own cohort.
  const struct dabiao_statistics *statistics;
  // Is told how far the run is; NULL for nobody.
  dabiao_progress progress;
  // Handed to `progress`.
  void *user;
} dabiao_score_options;

// How many units have their party organisation.
typedef struct dabiao_coverage {
  // How many units there are.
  uint64_t units;
  // How many of them have their organisation; one without a record counts as without.
  uint64_t established;
  // established ÷ units, 0 to 1; NaN without units.
  double share;
} dabiao_coverage;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The library's version, such as "0.1.0". The text is static. Any thread.
const char *dabiao_version(void);

// The ABI that the library offers. A program works with the library that it finds at run
// time if this is `DABIAO_ABI_VERSION` of the header that it was compiled with. Any thread.
uint32_t dabiao_abi_version(void);

// What the last failing call on this thread said, in `lang`; "" if none has failed. Several
// faults are a line each. Never NULL. The text belongs to the library and lives until the
// next failing call on this thread, or the thread's end. A call that succeeds leaves it.
const char *dabiao_last_error_message(int32_t lang);

// The faults of the last failing call on this thread as JSON:
// `{"listed":[{"code":"value-range","place":{"line":3},...}],"more":0}`; "" if none has
// failed. The list is empty where an argument was wrong rather than an input. Never NULL;
// owned as the message is.
const char *dabiao_last_error_faults(void);

// The status of the last failing call on this thread, for calls that return something else;
// `DABIAO_OK` if none has failed.
enum dabiao_status dabiao_last_error_status(void);

// The text's bytes, UTF-8 with a NUL behind them; NULL for a wrong handle. They live until
// the text is freed.
const char *dabiao_text_data(const struct dabiao_text *text);

// How many bytes the text has, without the NUL; 0 for a wrong handle.
size_t dabiao_text_length(const struct dabiao_text *text);

// Frees a text. NULL is nothing to free; a text that was freed before is told.
enum dabiao_status dabiao_text_free(struct dabiao_text *text);

// Takes a standard that ships with the library, such as "weihai-2020".
// `DABIAO_ERROR_NOT_FOUND` for any other id. On success `*out` is yours to free.
enum dabiao_status dabiao_standard_builtin(const char *id, struct dabiao_standard **out);

// The id of a built-in standard by its index from 0, or NULL past the last. The text is
// static. Any thread.
const char *dabiao_standard_builtin_id(size_t index);

// Reads a standard from TOML text of `length` bytes (or `DABIAO_NUL_TERMINATED`). Every fault
// of it is listed with line and column. On success `*out` is yours to free.
enum dabiao_status dabiao_standard_from_toml(const char *text,
                                             size_t length,
                                             struct dabiao_standard **out);

// Reads a standard from JSON text of the same schema, as `dabiao_standard_from_toml` does.
enum dabiao_status dabiao_standard_from_json(const char *text,
                                             size_t length,
                                             struct dabiao_standard **out);

// Reads a standard from a file: JSON by its name or its first character, otherwise TOML.
// `path` is UTF-8. `DABIAO_ERROR_IO` where the file cannot be read. On success `*out` is yours to
// free.
enum dabiao_status dabiao_standard_from_file(const char *path,
                                             struct dabiao_standard **out);

// Frees a standard. What was made from it stays usable; its texts do not. NULL is nothing to
// free; a standard that was freed before is told.
enum dabiao_status dabiao_standard_free(struct dabiao_standard *standard);

// The SHA-256 of the standard's canonical form, in hexadecimal: the same for TOML and JSON.
// On success `*out` is yours to free. Any thread.
enum dabiao_status dabiao_standard_digest(const struct dabiao_standard *standard,
                                          struct dabiao_text **out);

// Says what the standard is and how much it holds. Any thread.
enum dabiao_status dabiao_standard_about(const struct dabiao_standard *standard,
                                         struct dabiao_standard_info *out);

// Describes a measure by its index from 0. Any thread.
enum dabiao_status dabiao_standard_measure(const struct dabiao_standard *standard,
                                           size_t index,
                                           struct dabiao_measure *out);

// The index of the measure of a name. Any thread.
enum dabiao_status dabiao_standard_find_measure(const struct dabiao_standard *standard,
                                                const char *name,
                                                size_t *out);

// A label of a measure by its index from 0, the best first; NULL where there is none. The
// text belongs to the standard. Any thread.
const char *dabiao_standard_label(const struct dabiao_standard *standard,
                                  size_t measure,
                                  size_t label);

// Describes a section, item, bonus, deduction, veto or grade (`kind` is `DABIAO_PART_...`) by
// its index from 0. Any thread.
enum dabiao_status dabiao_standard_part(const struct dabiao_standard *standard,
                                        int32_t kind,
                                        size_t index,
                                        struct dabiao_part *out);

// The index of the part of a kind with a code, such as the item "2.4". Any thread.
enum dabiao_status dabiao_standard_find_part(const struct dabiao_standard *standard,
                                             int32_t kind,
                                             const char *code,
                                             size_t *out);

// The rule of an item in words: what is looked at and how it becomes points. `lang` is
// `DABIAO_LANG_...`. On success `*out` is yours to free. Any thread.
enum dabiao_status dabiao_standard_rule(const struct dabiao_standard *standard,
                                        size_t item,
                                        int32_t lang,
                                        struct dabiao_text **out);

// Makes a scorer. `statistics` are those of a full run, needed where a rule looks at a cohort
// (rank, shares, means); NULL otherwise. Both may be freed once it is made. On success `*out`
// is yours to free.
enum dabiao_status dabiao_scorer_new(const struct dabiao_standard *standard,
                                     const struct dabiao_statistics *statistics,
                                     struct dabiao_scorer **out);

// Frees a scorer. NULL is nothing to free; one that was freed before is told.
enum dabiao_status dabiao_scorer_free(struct dabiao_scorer *scorer);

// Says something of the communities that follow: "code" and "name" appear in explanations;
// what cohorts share, such as "district", decides which cohort they join. Blank at first.
enum dabiao_status dabiao_scorer_set_attribute(struct dabiao_scorer *scorer,
                                               const char *name,
                                               const char *value);

// Scores one community. `values` has a number for each measure, in the order of the
// standard: a number in the measure's unit (95 for 95%), 1 or 0 for yes or no, the index of a
// label, the days since 1970-01-01 of a date. `states` says of each measure `DABIAO_VALUE`,
// `DABIAO_MISSING` or `DABIAO_NOT_APPLICABLE`; NULL where all are values. `length` is the
// number of measures. `parts` may be NULL. Where anything is at fault, all faults are listed
// and nothing is written.
enum dabiao_status dabiao_scorer_score(struct dabiao_scorer *scorer,
                                       const double *values,
                                       const uint8_t *states,
                                       size_t length,
                                       struct dabiao_card *card,
                                       const struct dabiao_card_parts *parts);

// The same from texts as a person types them: `95%`, `1,359`, full-width digits, 是 or yes, a
// label, `2020-07-23`, 不涉及; NULL and blank texts are missing. Digits beyond the sixth are
// rounded, exactly, from the text.
enum dabiao_status dabiao_scorer_score_text(struct dabiao_scorer *scorer,
                                            const char *const *values,
                                            size_t length,
                                            struct dabiao_card *card,
                                            const struct dabiao_card_parts *parts);

// Reads what `dabiao_statistics_to_json` wrote: `length` bytes, or `DABIAO_NUL_TERMINATED`.
// On success `*out` is yours to free.
enum dabiao_status dabiao_statistics_from_json(const char *json,
                                               size_t length,
                                               struct dabiao_statistics **out);

// Writes statistics as JSON, exactly, the same bytes for the same statistics. On success
// `*out` is yours to free.
enum dabiao_status dabiao_statistics_to_json(const struct dabiao_statistics *statistics,
                                             struct dabiao_text **out);

// Adds the statistics of another part of the same table, of the same standard. `other` stays
// as it is.
enum dabiao_status dabiao_statistics_merge(struct dabiao_statistics *statistics,
                                           const struct dabiao_statistics *other);

// Frees statistics. NULL is nothing to free; statistics that were freed before are told.
enum dabiao_status dabiao_statistics_free(struct dabiao_statistics *statistics);

// Reads a table from `length` columns of `rows` rows each. One of them is "code"; a measure
// without a column is missing everywhere. In faults, the first row is line 2, as if a heading
// stood before it. On success `*out` is yours to free; the columns are copied.
enum dabiao_status dabiao_observations_from_columns(const struct dabiao_standard *standard,
                                                    const struct dabiao_column *columns,
                                                    size_t length,
                                                    size_t rows,
                                                    struct dabiao_observations **out);

// The same without a copy where rows come in the order of their codes: numbers that stand one
// behind the other, and bits of validity, may be read where they stand for as long as the
// table, or anything scored from it, lives. Keep them, unchanged, until all of these are freed.
// This is the quickest way for a large table.
enum dabiao_status dabiao_observations_over_columns(const struct dabiao_standard *standard,
                                                    const struct dabiao_column *columns,
                                                    size_t length,
                                                    size_t rows,
                                                    struct dabiao_observations **out);

// Reads a table from CSV or TSV text of `length` bytes, in any encoding a spreadsheet saves:
// wide (a column a measure) or long (code, measure, value). `name` stands for the file in
// faults. On success `*out` is yours to free.
enum dabiao_status dabiao_observations_from_csv(const struct dabiao_standard *standard,
                                                const char *name,
                                                const char *text,
                                                size_t length,
                                                struct dabiao_observations **out);

// The same from a file; also a workbook (XLSX, ODS, XLS), Parquet or Arrow where the library
// was built to read them. `path` is UTF-8. `DABIAO_ERROR_IO` where it cannot be read.
enum dabiao_status dabiao_observations_from_file(const struct dabiao_standard *standard,
                                                 const char *path,
                                                 struct dabiao_observations **out);

// Frees a table. What was scored from it stays usable. NULL is nothing to free; one that was
// freed before is told.
enum dabiao_status dabiao_observations_free(struct dabiao_observations *observations);

// How many communities there are; 0 for a wrong handle. Any thread.
size_t dabiao_observations_rows(const struct dabiao_observations *observations);

// The code of a row; NULL past the last. The text belongs to the table. Any thread.
const char *dabiao_observations_code(const struct dabiao_observations *observations,
                                     size_t row);

// The row of a code. Any thread.
enum dabiao_status dabiao_observations_find(const struct dabiao_observations *observations,
                                            const char *code,
                                            size_t *out);

// The SHA-256 of the table's canonical form, in hexadecimal: the same for any format and any
// order of rows. On success `*out` is yours to free. Any thread.
enum dabiao_status dabiao_observations_digest(const struct dabiao_observations *observations,
                                              struct dabiao_text **out);

// What a reader should look at although it is no fault (rounded digits, a percent column that
// looks like bare ratios), as a JSON array in the form of faults. On success `*out` is yours
// to free. Any thread.
enum dabiao_status dabiao_observations_advice(const struct dabiao_observations *observations,
                                              struct dabiao_text **out);

// The statistics of the table's cohorts, on at most `threads` threads (0: as many as the
// machine has). On success `*out` is yours to free.
enum dabiao_status dabiao_observations_statistics(const struct dabiao_observations *observations,
                                                  size_t threads,
                                                  struct dabiao_statistics **out);

// Scores a table. `options` may be NULL. `DABIAO_ERROR_FAULTS` lists every fault that only a
// computation shows; `DABIAO_ERROR_CANCELLED` where `progress` asked to stop. On success
// `*out` is yours to free.
enum dabiao_status dabiao_score(const struct dabiao_standard *standard,
                                const struct dabiao_observations *observations,
                                const struct dabiao_score_options *options,
                                struct dabiao_scores **out);

// Frees scores. NULL is nothing to free; what was freed before is told.
enum dabiao_status dabiao_scores_free(struct dabiao_scores *scores);

// How many communities there are; 0 for a wrong handle. Any thread.
size_t dabiao_scores_rows(const struct dabiao_scores *scores);

// The code of a row; NULL past the last. The text belongs to the scores. Any thread.
const char *dabiao_scores_code(const struct dabiao_scores *scores, size_t row);

// The row of a code. Any thread.
enum dabiao_status dabiao_scores_find(const struct dabiao_scores *scores,
                                      const char *code,
                                      size_t *out);

// The card of a row, as `dabiao_scorer_score` gives it. `parts` may be NULL. Any thread.
enum dabiao_status dabiao_scores_card(const struct dabiao_scores *scores,
                                      size_t row,
                                      struct dabiao_card *card,
                                      const struct dabiao_card_parts *parts);

// Writes the points of all rows, in units of `10^-decimals` (of `10^-total_decimals` for the
// totals), or `DABIAO_NO_POINTS`. `kind` is `DABIAO_POINTS_...`, `index` which section, item,
// bonus or deduction (otherwise 0), `order` is `DABIAO_ORDER_...`. `out` has `length` places,
// as many as there are rows, `stride` bytes apart (0 where one stands behind the other). Any
// thread.
enum dabiao_status dabiao_scores_points(const struct dabiao_scores *scores,
                                        int32_t kind,
                                        size_t index,
                                        int32_t order,
                                        int64_t *out,
                                        ptrdiff_t stride,
                                        size_t length);

// The same as the nearest `double`, or NaN. Any thread.
enum dabiao_status dabiao_scores_values(const struct dabiao_scores *scores,
                                        int32_t kind,
                                        size_t index,
                                        int32_t order,
                                        double *out,
                                        ptrdiff_t stride,
                                        size_t length);

// Writes what is no points for all rows: `kind` is `DABIAO_RESULT_...`, `index` which item,
// veto, bonus or deduction (otherwise 0); the rest as for `dabiao_scores_points`. Any thread.
enum dabiao_status dabiao_scores_results(const struct dabiao_scores *scores,
                                         int32_t kind,
                                         size_t index,
                                         int32_t order,
                                         int32_t *out,
                                         ptrdiff_t stride,
                                         size_t length);

// The statistics of the cohorts that the run used, to score single cards later. On success
// `*out` is yours to free. Any thread.
enum dabiao_status dabiao_scores_statistics(const struct dabiao_scores *scores,
                                            struct dabiao_statistics **out);

// The standard by which the scores came about, such as a campaign's. On success `*out` is
// yours to free. Any thread.
enum dabiao_status dabiao_scores_standard(const struct dabiao_scores *scores,
                                          struct dabiao_standard **out);

// A table of results as CSV text: `table` is `DABIAO_CSV_...`, `lang` is `DABIAO_LANG_...`.
// The bytes are those of the command's file, without its byte-order mark. On success `*out`
// is yours to free. Any thread.
enum dabiao_status dabiao_scores_csv(const struct dabiao_scores *scores,
                                     int32_t table,
                                     int32_t lang,
                                     struct dabiao_text **out);

// Writes `scores.csv`, `items.csv`, `gaps.csv` and `summary.json` into a folder, which is made
// if it is not there; all of them appear, or none. `folder` is UTF-8. Any thread.
enum dabiao_status dabiao_scores_write(const struct dabiao_scores *scores,
                                       const char *folder,
                                       int32_t lang);

// What the run amounts to as JSON: counts, grades, the digests of standard and observations,
// the engine's version. On success `*out` is yours to free. Any thread.
enum dabiao_status dabiao_scores_summary(const struct dabiao_scores *scores,
                                         struct dabiao_text **out);

// The scorecard of a row as JSON: each item's value, rule in words, points, what was lost and
// the next step that would win points, with every wording in Chinese and English. On success
// `*out` is yours to free. Any thread.
enum dabiao_status dabiao_scores_explain(const struct dabiao_scores *scores,
                                         size_t row,
                                         struct dabiao_text **out);

// The same as text for people, in one language. On success `*out` is yours to free. Any
// thread.
enum dabiao_status dabiao_scores_explain_text(const struct dabiao_scores *scores,
                                              size_t row,
                                              int32_t lang,
                                              struct dabiao_text **out);

// Explains the community that the scorer scored last, as `dabiao_scores_explain` does. On
// success `*out` is yours to free.
enum dabiao_status dabiao_scorer_explain(struct dabiao_scorer *scorer,
                                         struct dabiao_text **out);

// Reads a table from an Arrow stream of record batches: a column a measure, beside "code" and
// attributes; a null is a missing value. `nan_is_null` is not 0 where a missing number is
// written as NaN, as in pandas. Unless an argument is NULL or wrong, the stream is taken over:
// the library releases it, whatever the status, and `*stream` is marked as released. On
// success `*out` is yours to free.
enum dabiao_status dabiao_observations_from_arrow_stream(const struct dabiao_standard *standard,
                                                         struct ArrowArrayStream *stream,
                                                         int32_t nan_is_null,
                                                         struct dabiao_observations **out);

// The same from one Arrow array, a structure whose children are the columns, and its schema.
// Both are taken over as a stream is.
enum dabiao_status dabiao_observations_from_arrow_array(const struct dabiao_standard *standard,
                                                        struct ArrowArray *array,
                                                        struct ArrowSchema *schema,
                                                        int32_t nan_is_null,
                                                        struct dabiao_observations **out);

// Gives the scores as an Arrow stream of record batches: code, name and district where the
// table has them, total, bonus, grade, rank, vetoes, missing, flags, then each section and its
// items. `points` is `DABIAO_ARROW_...`. `*out` is overwritten, and yours to release; it stays
// usable when the scores are freed. Any thread.
enum dabiao_status dabiao_scores_to_arrow_stream(const struct dabiao_scores *scores,
                                                 int32_t points,
                                                 struct ArrowArrayStream *out);

// The same columns of all rows as one Arrow array, a structure, and its schema. Both are
// overwritten, and yours to release. Any thread.
enum dabiao_status dabiao_scores_to_arrow_array(const struct dabiao_scores *scores,
                                                int32_t points,
                                                struct ArrowArray *out_array,
                                                struct ArrowSchema *out_schema);

// Loads a grid from `length` columns of `rows` units each, in any order: "code", "level"
// (street, community, grid, building or compound, or 街道 and so on), "parent" (the code one
// level up; blank for a street; a compound's is its community), and perhaps "name",
// "organisation" (1 where it is established, 0 where not), "households", "members" and
// "compound" (of a building). Every fault is listed, such as a parent that is not there; the
// first row is line 2, as if a heading stood before it. `codes` is `DABIAO_CODES_...`. On
// success `*out` is yours to free; the columns are copied.
enum dabiao_status dabiao_grid_from_columns(int32_t codes,
                                            const struct dabiao_column *columns,
                                            size_t length,
                                            size_t rows,
                                            struct dabiao_grid **out);

// Loads a grid from CSV or TSV text of `length` bytes, in any encoding a spreadsheet saves,
// with the columns of `dabiao_grid_from_columns` under English or Chinese headings. `name`
// stands for the file in faults. On success `*out` is yours to free.
enum dabiao_status dabiao_grid_from_csv(int32_t codes,
                                        const char *name,
                                        const char *text,
                                        size_t length,
                                        struct dabiao_grid **out);

// Loads a grid from CSV or TSV files, as the command `dabiao grid check` does: `units` are
// the paths of the files of its units, `compounds` those of files of its compounds ("code",
// "community", and perhaps "name" and "households"); either may be NULL where its length is 0.
// Paths are UTF-8. On success `*out` is yours to free.
enum dabiao_status dabiao_grid_from_files(int32_t codes,
                                          const char *const *units,
                                          size_t units_length,
                                          const char *const *compounds,
                                          size_t compounds_length,
                                          struct dabiao_grid **out);

// Frees a grid. What was made from it stays usable. NULL is nothing to free; one that was
// freed before is told.
enum dabiao_status dabiao_grid_free(struct dabiao_grid *grid);

// How many units of a level (`DABIAO_LEVEL_...`) there are, compounds too; of all of them for
// `DABIAO_LEVEL_ALL`. 0 for a wrong handle or level. Any thread.
size_t dabiao_grid_units(const struct dabiao_grid *grid, int32_t level);

// How many units have their organisation (全覆盖): of the whole grid where `community` is
// NULL, or of a community: its street, itself, its grids, its buildings. `level` is one of
// these four `DABIAO_LEVEL_...`, or `DABIAO_LEVEL_ALL`. Any thread.
enum dabiao_status dabiao_grid_coverage(const struct dabiao_grid *grid,
                                        const char *community,
                                        int32_t level,
                                        struct dabiao_coverage *out);

// The codes of the units that lack an organisation, as a JSON array: of a community, or of
// the whole grid where `community` is NULL. On success `*out` is yours to free. Any thread.
enum dabiao_status dabiao_grid_lacking(const struct dabiao_grid *grid,
                                       const char *community,
                                       struct dabiao_text **out);

// The grid in short as JSON: units and coverage by level, the units that lack an
// organisation, compounds and households that no grid holds, and what the advisory checks
// found. On success `*out` is yours to free. Any thread.
enum dabiao_status dabiao_grid_summary(const struct dabiao_grid *grid,
                                       struct dabiao_text **out);

// The same table with the measures that its standard fills from the grid, such as the
// coverage of organisations. Every community of the table must be one of the grid, and none
// may have such a value already. On success `*out` is yours to free; `observations` stay as
// they are. Any thread.
enum dabiao_status dabiao_observations_with_grid(const struct dabiao_observations *observations,
                                                 const struct dabiao_grid *grid,
                                                 struct dabiao_observations **out);

// Reads a campaign's file, and every table that it names by a path relative to it, and runs
// the whole of it, as the command `dabiao run` does. Every fault is listed with its file and
// line. `path` is UTF-8. `options` may be NULL; only its threads and progress are for a
// campaign. On success `*out` is yours to free.
enum dabiao_status dabiao_campaign_run_file(const char *path,
                                            const struct dabiao_score_options *options,
                                            struct dabiao_campaign **out);

// Frees a campaign. Scores that came from it stay usable; its texts do not. NULL is nothing
// to free; one that was freed before is told.
enum dabiao_status dabiao_campaign_free(struct dabiao_campaign *campaign);

// 1 where the campaign's file says that its marks are made up, 0 where not, and for a wrong
// handle. Say so wherever you show what came of it; the files of results do. Any thread.
int32_t dabiao_campaign_synthetic(const struct dabiao_campaign *campaign);

// The published scores: of the last phase that marked each item, or of all phases weighted.
// They are read as those of a table; `dabiao_scores_standard` gives their standard. On
// success `*out` is yours to free. Any thread.
enum dabiao_status dabiao_campaign_scores(const struct dabiao_campaign *campaign,
                                          struct dabiao_scores **out);

// The id of a phase by its index from 0, in order of time; NULL past the last. The text
// belongs to the campaign. Any thread.
const char *dabiao_campaign_phase(const struct dabiao_campaign *campaign, size_t index);

// The scores of a phase on its own marks alone, by its index from 0. On success `*out` is
// yours to free. Any thread.
enum dabiao_status dabiao_campaign_phase_scores(const struct dabiao_campaign *campaign,
                                                size_t index,
                                                struct dabiao_scores **out);

// The id of a tier of the selection by its index from 0; NULL past the last, and where nobody
// is to be chosen. The text belongs to the campaign. Any thread.
const char *dabiao_campaign_tier(const struct dabiao_campaign *campaign, size_t index);

// Writes for each community, in the order of the published scores, what the selection came
// to: `outcomes` takes `DABIAO_OUTCOME_...`, `tiers` the index of the tier in which it is
// chosen or tied, or `DABIAO_NO_TIER`. Either may be NULL; `length` is the number of
// communities. Any thread.
enum dabiao_status dabiao_campaign_selection(const struct dabiao_campaign *campaign,
                                             int32_t *outcomes,
                                             int32_t *tiers,
                                             size_t length);

// Why a community (a row of the published scores) was chosen or not, in words that can be
// checked from its scores. `lang` is `DABIAO_LANG_...`. `DABIAO_ERROR_NOT_FOUND` where nobody
// is to be chosen. On success `*out` is yours to free. Any thread.
enum dabiao_status dabiao_campaign_reason(const struct dabiao_campaign *campaign,
                                          size_t row,
                                          int32_t lang,
                                          struct dabiao_text **out);

// The name of a file of results by its index from 0: "scores.csv", "items.csv", "gaps.csv",
// "selection.csv", "coverage.csv" and so on, as far as this campaign has them, and
// "summary.json"; NULL past the last. The text belongs to the campaign. Any thread.
const char *dabiao_campaign_file_name(const struct dabiao_campaign *campaign, size_t index);

// What stands in one of these files, without a byte-order mark. `lang` is `DABIAO_LANG_...`.
// On success `*out` is yours to free. Any thread.
enum dabiao_status dabiao_campaign_file(const struct dabiao_campaign *campaign,
                                        const char *name,
                                        int32_t lang,
                                        struct dabiao_text **out);

// Writes all of these files into a folder, which is made if it is not there, as the command
// `dabiao run --out` does; all of them appear, or none. `folder` is UTF-8, `lang` is
// `DABIAO_LANG_...`. Any thread.
enum dabiao_status dabiao_campaign_write(const struct dabiao_campaign *campaign,
                                         const char *folder,
                                         int32_t lang);

// What a reader of the campaign's tables should look at although it is no fault, as a JSON
// array in the form of faults. On success `*out` is yours to free. Any thread.
enum dabiao_status dabiao_campaign_advice(const struct dabiao_campaign *campaign,
                                          struct dabiao_text **out);

// How many handles have been given out and not been freed: 0 at the end of a program that
// frees all of them. Any thread.
size_t dabiao_live_handles(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DABIAO_H */
