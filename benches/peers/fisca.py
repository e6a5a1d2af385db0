"""OpenFisca's own way: a variable and a formula an item, over NumPy arrays; one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from peers.arrays import Numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from peers.standard import Item, Section, Standard

YEAR = "2020"


class Asked(dict[str, Any]):
    """The columns as a formula asks for them."""

    def __init__(self, place: Any) -> None:  # noqa: ANN401 - a population
        self.place = place

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - an array
        return self.place(name, YEAR)


class OpenFisca(Numpy):
    """Items and sections are its variables; total, grade and rank are NumPy's of those."""

    name = "OpenFisca"
    variants: ClassVar[list[str]] = ["branches", "sums"]

    def __init__(self, standard: Standard, columns: Mapping[str, Any]) -> None:
        super().__init__(standard, columns)
        self.choose("branches")

    def choose(self, variant: str) -> None:
        """Take a form."""
        self.form = variant
        self.system = self.made()

    def made(self) -> Any:  # noqa: ANN401 - it has no types
        """Make the system of variables."""
        person = build_entity(key="place", plural="places", label="", doc="", is_person=True)
        system = TaxBenefitSystem([person])
        base = {"value_type": float, "entity": person, "definition_period": DateUnit.YEAR}
        for name in self.standard.measures:
            system.add_variable(type(name, (Variable,), dict(base)))

        def add(name: str, function: Callable[[Any, Any], Any]) -> None:
            system.add_variable(type(name, (Variable,), {**base, "formula": function}))

        def variable(item: Item) -> str:
            return "p" + item.code.replace(".", "_")

        # A formula of three arguments would be asked with parameters.
        def of_item(item: Item) -> Callable[[Any, Any], Any]:
            def formula(place: Any, _: Any) -> Any:  # noqa: ANN401 - it has no types
                engine = Numpy(self.standard, {})
                engine.columns = Asked(place)
                engine.form = self.form
                return engine.points(item)[0] + place.empty_array()

            return formula

        def of_section(section: Section) -> Callable[[Any, Any], Any]:
            names = [variable(item) for item in section.items]
            return lambda place, period: sum(place(name, period) for name in names)

        for section in self.standard.sections:
            for item in section.items:
                add(variable(item), of_item(item))
            add(f"s{section.code}", of_section(section))
        return system

    def sections(self) -> list[Any]:
        rows = len(self.columns[self.standard.measures[0]])
        simulation = SimulationBuilder().build_default_simulation(self.system, rows)
        for name in self.standard.measures:
            simulation.set_input(name, YEAR, self.columns[name])
        # It keeps 32 bits: cents are whole again before anything is compared with a mark.
        made = [simulation.calculate(f"s{s.code}", YEAR) for s in self.standard.sections]
        return [np.rint(points.astype(np.float64) * 100) / 100 for points in made]
