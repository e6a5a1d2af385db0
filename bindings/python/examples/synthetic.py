"""Made-up marks for numbered communities, to try the library with.

Nothing in them was observed: no community has these values. They are the same on every run.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

DISTRICTS = ("甲区", "乙区", "丙区", "丁区")

HEADING = [
    "code",
    "name",
    "district",
    "organisation_coverage",
    "grids_with_officer",
    "community_workers",
    "residents",
    "training_hours",
    "duty_rules",
    "household_visits",
    "duty_rota",
    "performance_appraisal",
    "joint_meetings",
    "double_registration",
    "part_time_members",
    "joint_projects",
    "grid_cases_reported",
    "grid_cases_closed",
    "deliberation_meetings",
    "compounds",
    "red_compounds",
    "property_firm",
    "property_complaints",
    "public_order_cases",
    "service_area",
    "households",
    "smart_level",
    "on_the_spot_services",
    "everyday_services",
    "volunteers",
    "special_services_mark",
    "service_handover",
    "stairway_mark",
    "building_households",
    "green_area",
    "area",
    "sorting_households",
    "illegal_cases",
    "facilities",
    "facilities_in_order",
    "green_campaigns",
    "upkeep_compounds",
    "station_premises",
    "station_team",
    "station_projects",
    "station_rules",
    "activities",
    "residents_groups",
    "culture_brand_level",
    "open_hours",
    "survey_valid",
    "survey_satisfied",
    "requests_received",
    "requests_settled",
    "residents_taking_part",
    "municipal_honours",
    "major_accidents",
    "disciplined_members",
]


def community(number: int, chance: random.Random) -> dict[str, object]:
    """Make up one community that is good at most things, or bad at most."""
    quality = chance.betavariate(7, 1.2)
    households = chance.randint(900, 2600)
    compounds = chance.randint(4, 12)

    def share(spread: float = 0.12) -> float:
        return min(1.0, max(0.0, chance.gauss(quality, spread)))

    def some(whole: int) -> int:
        return round(whole * share())

    def yes() -> str:
        return "是" if chance.random() < 0.35 + 0.65 * quality else "否"

    def level() -> str:
        return "优良中差"[min(3, int((1 - share()) * 5))]

    reported, requests, surveyed = (chance.randint(60, 140) for _ in range(3))
    facilities = chance.randint(20, 60)
    row: dict[str, object] = dict.fromkeys(HEADING, "")
    row |= {name: yes() for name in HEADING[9:17]} | {
        "code": f"S{number:03}",
        "name": f"第{number}社区",
        "district": DISTRICTS[number % len(DISTRICTS)],
        "organisation_coverage": f"{90 + 10 * share():.1f}%",
        "grids_with_officer": f"{100 * share():.1f}%",
        "community_workers": round(households * 2.8 / 300 * (0.6 + 0.5 * share())),
        "residents": round(households * 2.8),
        "training_hours": some(60),
        "duty_rules": yes(),
        "household_visits": yes(),
        "grid_cases_reported": reported,
        "grid_cases_closed": round(reported * (0.9 + 0.1 * share())),
        "deliberation_meetings": some(4),
        "compounds": compounds,
        "red_compounds": some(compounds),
        "property_firm": "是",
        "property_complaints": round(12 * (1 - share())),
        "public_order_cases": round(8 * (1 - share())),
        "service_area": round(households * 0.4 * (0.5 + share())),
        "households": households,
        "smart_level": level(),
        "on_the_spot_services": some(6),
        "everyday_services": some(8),
        "volunteers": round(households * 0.5 * share()),
        "special_services_mark": round(4 * share()) / 2,
        "service_handover": yes(),
        "stairway_mark": round(100 * share()),
        "building_households": round(households * 0.8),
        "green_area": round(40_000 * (0.5 + 0.5 * share())),
        "area": 100_000,
        "sorting_households": some(households),
        "illegal_cases": round(3 * (1 - share())),
        "facilities": facilities,
        "facilities_in_order": round(facilities * (0.85 + 0.15 * share())),
        "green_campaigns": some(5),
        "upkeep_compounds": some(compounds),
        "station_premises": yes(),
        "station_team": yes(),
        "station_projects": yes(),
        "station_rules": yes(),
        "activities": some(14),
        "residents_groups": some(6),
        "culture_brand_level": level(),
        "open_hours": some(56),
        "survey_valid": surveyed,
        "survey_satisfied": round(surveyed * (0.6 + 0.4 * share())),
        "requests_received": requests,
        "requests_settled": round(requests * (0.8 + 0.2 * share())),
        "residents_taking_part": round(households * 2.8 * 0.5 * share()),
        "municipal_honours": int(chance.random() < 0.15),
        "major_accidents": int(chance.random() < 0.02),
        "disciplined_members": 0,
    }
    if chance.random() < 0.1:
        row["open_hours"] = ""
    return row


def write(path: str | Path, count: int = 80) -> Path:
    """Write a table of communities as CSV.

    Args:
        path: Where to.
        count: How many communities.

    Returns:
        The path.

    """
    chance = random.Random(2020)
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADING)
        writer.writeheader()
        writer.writerows(community(number, chance) for number in range(1, count + 1))
    return Path(path)
