// One community, in C++17: c++ -std=c++17 card.cpp $(pkg-config --cflags --libs dabiao)

#include <algorithm>
#include <iostream>
#include <utility>

#include <dabiao.hpp>

int main() try {
  const auto standard = dabiao::standard::builtin("weihai-2020");
  const auto &info = standard.info();
  dabiao::scorer scorer(standard);
  for (const auto &[name, value] : {std::pair<const char *, double>{"organisation_coverage", 97.5},
                                    {"community_workers", 12},
                                    {"residents", 8000},
                                    {"training_hours", 36},
                                    {"duty_rules", 1},
                                    {"household_visits", 1},
                                    {"duty_rota", 1},
                                    {"performance_appraisal", 0},
                                    {"compounds", 5},
                                    {"red_compounds", 4},
                                    {"activities", 11}}) {
    scorer.set(standard.measure(name), value);
  }

  const auto card = scorer.score();
  std::cout << info.title_en << " (" << info.id << ")\n";
  std::cout << "total " << card.total().str() << " of " << info.full_marks;
  if (card.all.grade != DABIAO_NO_GRADE) {
    const auto grade = standard.part(DABIAO_PART_GRADE, static_cast<size_t>(card.all.grade));
    std::cout << ", grade " << grade.title_en;
  }
  std::cout << (card.all.flags & DABIAO_FLAG_PROVISIONAL ? ", provisional\n" : "\n");
  for (size_t i = 0; i < info.sections; i++) {
    const auto section = standard.part(DABIAO_PART_SECTION, i);
    std::cout << "  " << section.code << ' ' << section.title_en << ": " << card.section(i).str()
              << " of " << section.points << '\n';
  }
  const auto missing = std::count_if(card.item_states.begin(), card.item_states.end(),
                                     [](auto state) { return state & DABIAO_STATE_MISSING; });
  std::cout << "items with a missing value: " << missing << " of " << info.items << '\n';

  // A failure is an exception that says what is wrong.
  try {
    dabiao::standard::from_toml("[standard]\nid = 1\n");
    return 1;
  } catch (const dabiao::error &refused) {
    return refused.status() == DABIAO_ERROR_FAULTS ? 0 : 1;
  }
} catch (const dabiao::error &failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
