//! Expressions, conditions and roll-ups with every name resolved.

use super::*;

/// Something that names its measures to a visitor.
type Visit<'v, 'n> = &'v mut dyn FnMut(&mut dyn FnMut(&'n str));

/// What an expression is made of.
enum Term {
    Number(Node),
    YesNo(bool),
    Label(String),
    Coded(MeasureId),
}

impl<'a> Compiler<'a> {
    pub(super) fn rollup(&mut self, rollup: &RollUp) -> Result<RollUpPlan, Fault> {
        Ok(match rollup {
            RollUp::Sum => RollUpPlan::Sum,
            RollUp::Mean => RollUpPlan::Mean,
            RollUp::Min => RollUpPlan::Min,
            RollUp::Max => RollUpPlan::Max,
            RollUp::WeightedMean(weight) => RollUpPlan::WeightedMean(self.measure(weight)?),
            RollUp::Share(condition) => RollUpPlan::Share(self.unit_test(condition)?),
        })
    }

    /// A condition on one unit's values, which have their own types.
    fn unit_test(&mut self, condition: &Condition) -> Result<Test, Fault> {
        let mut units = Compiler {
            measures: self.measures.iter().map(MeasurePlan::of_unit).collect(),
            ..self.bare()
        };
        for measure in &mut units.measures {
            measure.rollup = None;
        }
        let test = units.test(condition);
        self.label_conditions.append(&mut units.label_conditions);
        test
    }

    /// A compiler of the same names that holds nothing else.
    fn bare(&self) -> Compiler<'a> {
        Compiler {
            measures: Vec::new(),
            names: self.names.clone(),
            attributes: Vec::new(),
            label_conditions: Vec::new(),
            markings: Vec::new(),
            items: Vec::new(),
            sections: Vec::new(),
            slots: Vec::new(),
            decimals: self.decimals,
            imputes_by_standard: false,
            current: None,
            faults: Faults::new(),
        }
    }

    pub(super) fn measure(&self, name: &str) -> Result<MeasureId, Fault> {
        self.names
            .get(name)
            .copied()
            .ok_or_else(|| Fault::new(FaultCode::UnknownMeasure).found(name))
    }

    pub(super) fn collect(
        &self,
        visit: Visit<'_, 'a>,
        into: &mut Vec<MeasureId>,
    ) -> Result<(), Fault> {
        let mut names = Vec::new();
        visit(&mut |name| names.push(name));
        for name in names {
            let id = self.measure(name)?;
            if !into.contains(&id) {
                into.push(id);
            }
        }
        Ok(())
    }

    pub(super) fn lone_unit(&self, value: Option<&Expression>) -> Option<PartSign> {
        let name = value?.lone_measure()?;
        self.names.get(name).and_then(|id| self.measures[*id].sign)
    }

    pub(super) fn optional(
        &mut self,
        condition: &Option<Condition>,
    ) -> Result<Option<Test>, Fault> {
        condition.as_ref().map(|c| self.test(c)).transpose()
    }

    pub(super) fn test(&mut self, condition: &Condition) -> Result<Test, Fault> {
        let mut all = |parts: &[Condition]| {
            parts
                .iter()
                .map(|p| self.test(p))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match condition {
            Condition::And(parts) => Test::And(all(parts)?),
            Condition::Or(parts) => Test::Or(all(parts)?),
            Condition::Not(inner) => Test::Not(Box::new(self.test(inner)?)),
            Condition::Holds(name) => Test::Holds(self.measure(name)?),
            Condition::Compare(left, comparison, right) => {
                self.comparison(left, *comparison, right)?
            }
        })
    }

    fn comparison(
        &mut self,
        left: &Expression,
        comparison: Comparison,
        right: &Expression,
    ) -> Result<Test, Fault> {
        let equal = match comparison {
            Comparison::Equal => Some(true),
            Comparison::NotEqual => Some(false),
            _ => None,
        };
        let faulty =
            || Fault::new(FaultCode::BadExpression).found(format!("{left} {comparison} {right}"));
        match (self.term(left, right)?, self.term(right, left)?) {
            (Term::Number(left), Term::Number(right)) => Ok(Test::Compare(left, comparison, right)),
            (Term::Coded(measure), Term::Label(label))
            | (Term::Label(label), Term::Coded(measure)) => {
                self.label_conditions.push(measure);
                let index = self.measures[measure]
                    .labels
                    .iter()
                    .position(|held| *held == label);
                match (equal, index) {
                    (Some(equal), Some(index)) => Ok(Test::Label {
                        measure,
                        label: index as i64,
                        equal,
                    }),
                    _ => Err(faulty()),
                }
            }
            (Term::Coded(measure), Term::YesNo(yes)) | (Term::YesNo(yes), Term::Coded(measure)) => {
                match equal {
                    Some(equal) if equal == yes => Ok(Test::Holds(measure)),
                    Some(_) => Ok(Test::Not(Box::new(Test::Holds(measure)))),
                    None => Err(faulty()),
                }
            }
            _ => Err(faulty()),
        }
    }

    /// One side of a comparison; a lone constant is read into the unit of the other side.
    fn term(&mut self, side: &Expression, other: &Expression) -> Result<Term, Fault> {
        Ok(match side {
            Expression::Label(label) => Term::Label(label.clone()),
            Expression::YesNo(yes) => Term::YesNo(*yes),
            Expression::Number(quantity) => Term::Number(Node::Constant(
                quantity.in_unit(self.lone_unit(Some(other))),
            )),
            Expression::Measure(name) => {
                let id = self.measure(name)?;
                match self.measures[id].kind {
                    MeasureKind::YesNo | MeasureKind::Label => Term::Coded(id),
                    _ => Term::Number(Node::Measure(id)),
                }
            }
            _ => Term::Number(self.node(side)?),
        })
    }

    pub(super) fn node(&mut self, expression: &Expression) -> Result<Node, Fault> {
        self.node_within(expression, None)
    }

    /// `division` lists the measures of the division that the expression is part of.
    fn node_within(
        &mut self,
        expression: &Expression,
        division: Option<&[MeasureId]>,
    ) -> Result<Node, Fault> {
        let mut all = |terms: &[Expression]| {
            terms
                .iter()
                .map(|t| self.node_within(t, division))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match expression {
            Expression::Number(quantity) => Node::Constant(quantity.in_unit(None)),
            Expression::Date(date) => {
                Node::Constant(Rational::from(crate::observations::days_of(*date)))
            }
            Expression::Measure(name) => {
                let id = self.measure(name)?;
                Node::Measure(self.within(id, division))
            }
            Expression::Negate(inner) => Node::Negate(Box::new(self.node_within(inner, division)?)),
            Expression::Binary(operator, left, right) => {
                let mut named = Vec::new();
                let division = match (operator, division) {
                    (Operator::Divide, None) => {
                        self.collect(&mut |visit| expression.visit_measures(visit), &mut named)?;
                        Some(named.as_slice())
                    }
                    (_, division) => division,
                };
                let left = self.node_within(left, division)?;
                Node::Binary(
                    *operator,
                    Box::new(left),
                    Box::new(self.node_within(right, division)?),
                )
            }
            Expression::Min(terms) => Node::Min(all(terms)?),
            Expression::Max(terms) => Node::Max(all(terms)?),
            Expression::Days(from, to) => {
                let to = self.node_within(to, division)?;
                Node::Binary(
                    Operator::Subtract,
                    Box::new(to),
                    Box::new(self.node_within(from, division)?),
                )
            }
            Expression::Label(_) | Expression::YesNo(_) => {
                return Err(Fault::new(FaultCode::BadExpression).found(expression));
            }
        })
    }

    /// The measure as a division sees it: rolled up over the units that have all measures of
    /// its level in the division. A share counts a unit without a value, so it has no part.
    fn within(&mut self, id: MeasureId, division: Option<&[MeasureId]>) -> MeasureId {
        let rolled = |id: MeasureId| matches!(&self.measures[id].rollup, Some(r) if !matches!(r, RollUpPlan::Share(_)));
        let level = self.measures[id].level;
        let mut together: Vec<MeasureId> = division
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|other| rolled(*other) && self.measures[*other].level == level)
            .collect();
        if together.len() < 2 || !rolled(id) {
            return id;
        }
        together.sort_unstable();
        let wanted = Some((id, together));
        if let Some(held) = self
            .measures
            .iter()
            .position(|measure| measure.within == wanted)
        {
            return held;
        }
        let derived = MeasurePlan {
            within: wanted,
            ..self.measures[id].clone()
        };
        self.measures.push(derived);
        self.measures.len() - 1
    }
}
