// A C++17 face on dabiao.h: handles that free themselves, failures as exceptions.
//
// It is small on purpose: what it does not have, call from dabiao.h with handle.get().

#ifndef DABIAO_HPP
#define DABIAO_HPP

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "dabiao.h"

namespace dabiao {

// A call failed: what() says why, faults() lists every fault of an input as JSON.
class error : public std::runtime_error {
 public:
  explicit error(dabiao_status status, int32_t lang = DABIAO_LANG_EN)
      : std::runtime_error(dabiao_last_error_message(lang)),
        status_(status),
        faults_(dabiao_last_error_faults()) {}
  dabiao_status status() const noexcept { return status_; }
  const std::string &faults() const noexcept { return faults_; }

 private:
  dabiao_status status_;
  std::string faults_;
};

inline void check(dabiao_status status) {
  if (status != DABIAO_OK) throw error(status);
}

// Frees a handle of any type.
struct freed {
  void operator()(dabiao_text *handle) const noexcept { dabiao_text_free(handle); }
  void operator()(dabiao_standard *handle) const noexcept { dabiao_standard_free(handle); }
  void operator()(dabiao_scorer *handle) const noexcept { dabiao_scorer_free(handle); }
  void operator()(dabiao_statistics *handle) const noexcept { dabiao_statistics_free(handle); }
  void operator()(dabiao_observations *handle) const noexcept { dabiao_observations_free(handle); }
  void operator()(dabiao_scores *handle) const noexcept { dabiao_scores_free(handle); }
  void operator()(dabiao_grid *handle) const noexcept { dabiao_grid_free(handle); }
  void operator()(dabiao_campaign *handle) const noexcept { dabiao_campaign_free(handle); }
};

template <class T>
using handle = std::unique_ptr<T, freed>;

// Calls make(arguments..., &out) and owns what comes out: owned<dabiao_scores>(dabiao_score, ...).
template <class T, class Make, class... Arguments>
handle<T> owned(Make make, Arguments... arguments) {
  T *out = nullptr;
  check(make(arguments..., &out));
  return handle<T>(out);
}

// The text behind a handle.
inline std::string text(const handle<dabiao_text> &held) {
  return std::string(dabiao_text_data(held.get()), dabiao_text_length(held.get()));
}

// Points as they are published: a whole number of 10^-decimals, or none.
struct points {
  int64_t scaled = DABIAO_NO_POINTS;
  uint32_t decimals = 0;

  bool is_none() const noexcept { return scaled == DABIAO_NO_POINTS; }
  std::string str() const {
    if (is_none()) return "-";
    std::string digits = std::to_string(scaled < 0 ? -scaled : scaled);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    if (decimals > 0) digits.insert(digits.size() - decimals, ".");
    return scaled < 0 ? "-" + digits : digits;
  }
};

// A standard; copies share it, and so may threads.
class standard {
 public:
  static standard builtin(const char *id) {
    return standard(owned<dabiao_standard>(dabiao_standard_builtin, id));
  }
  static standard from_toml(std::string_view text) {
    return standard(owned<dabiao_standard>(dabiao_standard_from_toml, text.data(), text.size()));
  }
  static standard from_file(const char *path) {
    return standard(owned<dabiao_standard>(dabiao_standard_from_file, path));
  }

  const dabiao_standard *get() const noexcept { return handle_.get(); }
  const dabiao_standard_info &info() const noexcept { return info_; }

  dabiao_part part(int32_t kind, size_t index) const {
    dabiao_part found;
    check(dabiao_standard_part(get(), kind, index, &found));
    return found;
  }
  size_t measure(const char *name) const {
    size_t found;
    check(dabiao_standard_find_measure(get(), name, &found));
    return found;
  }

 private:
  explicit standard(handle<dabiao_standard> made) : handle_(std::move(made)) {
    check(dabiao_standard_about(get(), &info_));
  }
  std::shared_ptr<dabiao_standard> handle_;
  dabiao_standard_info info_{};
};

// What one community's card comes to.
struct card {
  dabiao_card all{};
  std::vector<int64_t> sections;
  std::vector<int64_t> items;
  std::vector<uint8_t> item_states;

  points total() const { return {all.total, all.total_decimals}; }
  points section(size_t index) const { return {sections.at(index), all.decimals}; }
  points item(size_t index) const { return {items.at(index), all.decimals}; }
};

// Scores one community after another; one for each thread.
class scorer {
 public:
  explicit scorer(standard against, const dabiao_statistics *statistics = nullptr)
      : standard_(std::move(against)),
        handle_(owned<dabiao_scorer>(dabiao_scorer_new, standard_.get(), statistics)),
        values_(standard_.info().measures),
        states_(standard_.info().measures, DABIAO_MISSING) {}

  // Sets a measure by its index; nothing is a missing value.
  void set(size_t measure, std::optional<double> value) {
    values_.at(measure) = value.value_or(0);
    states_.at(measure) = value ? DABIAO_VALUE : DABIAO_MISSING;
  }
  void set_not_applicable(size_t measure) { states_.at(measure) = DABIAO_NOT_APPLICABLE; }

  // Scores what is set.
  card score() {
    card made;
    made.sections.resize(standard_.info().sections);
    made.items.resize(standard_.info().items);
    made.item_states.resize(standard_.info().items);
    dabiao_card_parts parts{};
    parts.section_points = made.sections.data();
    parts.sections = made.sections.size();
    parts.item_points = made.items.data();
    parts.item_states = made.item_states.data();
    parts.items = made.items.size();
    check(dabiao_scorer_score(handle_.get(), values_.data(), states_.data(), values_.size(),
                              &made.all, &parts));
    return made;
  }

 private:
  standard standard_;
  handle<dabiao_scorer> handle_;
  std::vector<double> values_;
  std::vector<uint8_t> states_;
};

}  // namespace dabiao

#endif  // DABIAO_HPP
