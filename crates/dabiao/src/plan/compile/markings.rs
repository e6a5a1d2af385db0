//! Items, checks and their rules, with every quantity in its unit.

use super::*;
use crate::lang::Text;
use crate::plan::EachPlan;

impl<'a> Compiler<'a> {
    /// Bonuses, or the deductions behind so many of them.
    pub(super) fn extras(
        &mut self,
        items: &'a [Item],
        before: usize,
    ) -> Result<Vec<ItemPlan>, Fault> {
        let before = self.items.len() + before;
        let mut plans = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            self.current = Some(before + i);
            plans.push(self.item(item)?);
        }
        self.current = None;
        Ok(plans)
    }

    pub(super) fn item(&mut self, item: &'a Item) -> Result<ItemPlan, Fault> {
        let before = self.markings.len();
        let community = item.each.as_ref().map(|_| self.as_units());
        let marking = self.marking(&item.id, item.points.as_ref(), &item.marking, None)?;
        if let Some(community) = community {
            self.as_communities(community);
            if self.markings[before..]
                .iter()
                .any(|marking| marking.slot.is_some())
            {
                return Err(Fault::new(FaultCode::BadChoice)
                    .about(&item.id)
                    .found("each")
                    .expected(Text::new(
                        "不看全体的评分办法",
                        "a rule and policy that look at no cohort",
                    )));
            }
        }
        let mut own = Vec::new();
        for marking in &self.markings[before..] {
            let boxes = match &marking.rule {
                RulePlan::Boxes { boxes, .. } => boxes.as_slice(),
                _ => &[],
            };
            own.extend(
                marking
                    .measures
                    .iter()
                    .chain(boxes.iter().flat_map(|b| &b.measures)),
            );
        }
        own.sort_unstable();
        own.dedup();
        let full = item.points.as_ref();
        let full = full.map(|p| p.round(self.decimals, Rounding::HalfUp).unwrap_or(i64::MAX));
        let each = match &item.each {
            None => None,
            Some(each) => Some(EachPlan {
                level: each.level,
                rollup: self.rollup(&each.rollup)?,
            }),
        };
        Ok(ItemPlan {
            code: item.id.clone(),
            marking,
            full,
            own,
            each,
        })
    }

    /// Lets every measure be what one unit has of it, for an item marked for each unit.
    fn as_units(&mut self) -> Vec<MeasurePlan> {
        let units = self.measures.iter().map(|measure| MeasurePlan {
            rollup: None,
            ..measure.of_unit()
        });
        let units = units.collect();
        std::mem::replace(&mut self.measures, units)
    }

    fn as_communities(&mut self, communities: Vec<MeasurePlan>) {
        for (measure, community) in self.measures.iter_mut().zip(communities) {
            *measure = MeasurePlan {
                demands: std::mem::take(&mut measure.demands),
                ..community
            };
        }
    }

    fn check(
        &mut self,
        check: &'a Check,
        item: MarkingId,
        outer: &'a Marking,
    ) -> Result<CheckPlan, Fault> {
        let marking = self.marking(
            &check.id,
            Some(&check.points),
            &check.marking,
            Some((item, outer)),
        )?;
        Ok(CheckPlan {
            marking,
            points: check.points.clone(),
            floor: check.floor.clone(),
            cap: check.cap.clone(),
        })
    }

    /// `parent` is the item of a check; what the check does not say it takes from there.
    pub(super) fn marking(
        &mut self,
        code: &str,
        points: Option<&Rational>,
        marking: &'a Marking,
        parent: Option<(MarkingId, &'a Marking)>,
    ) -> Result<MarkingId, Fault> {
        let mut measures = Vec::new();
        if let Some(value) = &marking.value {
            self.collect(&mut |visit| value.visit_measures(visit), &mut measures)?;
        }
        let unit = self.lone_unit(marking.value.as_ref());
        let id = self.markings.len();
        let outer = parent.map(|(_, outer)| outer);
        let value = match (&marking.value, &marking.rule) {
            (_, Rule::YesNo { .. } | Rule::Levels(_)) | (None, _) => None,
            (Some(value), _) => Some(self.node(value)?),
        };
        if let Some(value) = &value {
            measures.clear();
            value.visit_measures(&mut |id| {
                if !measures.contains(&id) {
                    measures.push(id);
                }
            });
        }
        let plan = MarkingPlan {
            code: code.to_owned(),
            points: points.cloned(),
            value,
            applies: self.optional(&marking.applies)?,
            full_marks: self.optional(&marking.full_marks)?,
            no_marks: self.optional(&marking.no_marks)?,
            zero_denominator: marking.zero_denominator.clone(),
            own_policy: marking.missing.or(outer.and_then(|o| o.missing)),
            non_negative: match (&marking.value, measures.as_slice()) {
                (Some(Expression::Measure(_)), [lone]) => self.measures[*lone].is_non_negative(),
                _ => false,
            },
            rule: RulePlan::Checks {
                from_full: false,
                combine: Combine::Sum,
                checks: Vec::new(),
            },
            slot: None,
            measure_slots: Vec::new(),
            measures,
        };
        // An item comes before its checks, which name it as their parent.
        self.markings.push(plan);
        let full = points.cloned().unwrap_or_default();
        let rule = self.rule(code, id, marking, &full, unit)?;
        self.demand(code, marking, &rule, id);
        self.markings[id].rule = rule;
        self.cohorts(id, marking, parent)?;
        Ok(id)
    }

    /// Gives a marking its cohorts, where its rule or its policy looks at one.
    fn cohorts(
        &mut self,
        id: MarkingId,
        marking: &Marking,
        parent: Option<(MarkingId, &'a Marking)>,
    ) -> Result<(), Fault> {
        let plan = &self.markings[id];
        if marking.value.is_none() {
            return Ok(());
        }
        let ranked = matches!(plan.rule, RulePlan::Rank { .. });
        let numeric = plan.rule.is_numeric();
        let policy = plan.own_policy;
        let by_item =
            numeric && (imputes(policy) || (policy.is_none() && self.imputes_by_standard));
        let by_measure = numeric
            && policy.is_none()
            && plan
                .measures
                .iter()
                .any(|m| imputes(self.measures[*m].policy));
        let imputed_measures = if by_measure {
            plan.measures.clone()
        } else {
            Vec::new()
        };
        let name = marking
            .cohort
            .as_ref()
            .or(parent.and_then(|(_, outer)| outer.cohort.as_ref()));
        let needed = plan.rule.looks_at_cohort() || by_item || by_measure;
        if !needed {
            return Ok(());
        }
        let attribute = name.map(|name| {
            self.attributes
                .iter()
                .position(|held| held == name)
                .unwrap_or_else(|| {
                    self.attributes.push(name.clone());
                    self.attributes.len() - 1
                })
        });
        let slot = SlotPlan {
            marking: id,
            parent: parent.map(|(item, _)| item),
            item: self.current,
            measure: None,
            attribute,
            distinct: ranked || by_item,
        };
        let parent = slot.parent;
        self.markings[id].slot = Some(self.slots.len());
        self.slots.push(slot);
        for measure in imputed_measures {
            self.markings[id]
                .measure_slots
                .push((measure, self.slots.len()));
            self.slots.push(SlotPlan {
                marking: id,
                parent,
                item: self.current,
                measure: Some(measure),
                attribute,
                distinct: true,
            });
        }
        Ok(())
    }

    /// What a rule asks of each mark of the lone measure it marks.
    fn demand(&mut self, code: &str, marking: &Marking, rule: &RulePlan, id: MarkingId) {
        let lone = marking
            .value
            .as_ref()
            .and_then(Expression::lone_measure)
            .is_some();
        let Some(&measure) = self.markings[id].measures.first().filter(|_| lone) else {
            return;
        };
        let (min, max, step) = match rule {
            RulePlan::Award { min, max, step } => (min.clone(), max.clone(), step.clone()),
            RulePlan::Count { of, .. } => (
                Rational::ZERO,
                Rational::from(i64::from(*of)),
                Some(Rational::ONE),
            ),
            _ => return,
        };
        self.measures[measure].demands.push(Demand {
            code: code.to_owned(),
            min,
            max,
            step,
        });
    }

    fn rule(
        &mut self,
        code: &str,
        id: MarkingId,
        marking: &'a Marking,
        full: &Rational,
        unit: Option<PartSign>,
    ) -> Result<RulePlan, Fault> {
        let mark = |mark: &Mark| match mark {
            Mark::Quantity(quantity) => MarkPlan::Number(quantity.in_unit(unit)),
            Mark::CohortMean => MarkPlan::CohortMean,
        };
        Ok(match &marking.rule {
            Rule::Award { min, max, step } => RulePlan::Award {
                min: min.clone(),
                max: max.clone().unwrap_or_else(|| full.clone()),
                step: step.clone(),
            },
            Rule::YesNo { yes, no } => RulePlan::YesNo {
                yes: yes.clone().unwrap_or_else(|| full.clone()),
                no: no.clone(),
            },
            Rule::Levels(levels) => RulePlan::Levels(self.levels(code, id, levels)?),
            Rule::Checklist(list) => {
                let pay = match &list.pays {
                    ChecklistPay::Each(each) => PayPlan::Each(each.clone()),
                    ChecklistPay::Table(table) => PayPlan::Table(table.clone()),
                };
                match list.of {
                    Some(of) => RulePlan::Count { of, pay },
                    None => {
                        let mut boxes = Vec::new();
                        for item in &list.boxes {
                            let mut measures = Vec::new();
                            self.collect(
                                &mut |visit| item.when.visit_measures(visit),
                                &mut measures,
                            )?;
                            boxes.push(BoxPlan {
                                test: self.test(&item.when)?,
                                measures,
                            });
                        }
                        RulePlan::Boxes { boxes, pay }
                    }
                }
            }
            Rule::Bands { bands, otherwise } => RulePlan::Bands {
                bands: bands
                    .iter()
                    .map(|band| BandPlan {
                        low: band.low.as_ref().map(|b| (mark(&b.mark), b.inclusive)),
                        high: band.high.as_ref().map(|b| (mark(&b.mark), b.inclusive)),
                        points: band.points.clone(),
                    })
                    .collect(),
                otherwise: otherwise.clone(),
            },
            Rule::Curve(knots) => {
                RulePlan::Curve(knots.iter().map(|(x, y)| (mark(x), y.clone())).collect())
            }
            Rule::PerUnit(rule) => RulePlan::PerUnit(PerUnitPlan {
                from: match &rule.from {
                    Start::Full => full.clone(),
                    Start::Points(points) => points.clone(),
                },
                mark: mark(&rule.mark),
                side: rule.side,
                unit: rule.unit.in_unit(unit),
                points: rule.points.clone(),
                steps: rule.steps,
                floor: rule.floor.clone(),
                cap: rule.cap.clone(),
            }),
            Rule::Rank(rank) => RulePlan::Rank {
                from_top: rank.from == End::Top,
                pay: match &rank.pays {
                    RankPay::Table(table, otherwise) => {
                        RankPlan::Table(table.clone(), otherwise.clone())
                    }
                    RankPay::Steps { start, step, floor } => RankPlan::Steps {
                        start: start.clone(),
                        step: step.clone(),
                        floor: floor.clone(),
                    },
                    RankPay::Shares(shares, otherwise) => {
                        RankPlan::Shares(shares.clone(), otherwise.clone())
                    }
                },
            },
            Rule::ShareOfBest { lower_is_better } => RulePlan::ShareOfBest {
                lower_is_better: *lower_is_better,
            },
            Rule::ShareOfMean { lower_is_better } => RulePlan::ShareOfMean {
                lower_is_better: *lower_is_better,
            },
            Rule::MinMax { lower_is_better } => RulePlan::MinMax {
                lower_is_better: *lower_is_better,
            },
            Rule::Checks(checks) => {
                let compiled: Result<Vec<_>, _> = checks
                    .checks
                    .iter()
                    .map(|c| self.check(c, id, marking))
                    .collect();
                RulePlan::Checks {
                    from_full: checks.from_full,
                    combine: checks.combine,
                    checks: compiled?,
                }
            }
        })
    }

    fn levels(
        &self,
        code: &str,
        id: MarkingId,
        levels: &[(String, Rational)],
    ) -> Result<Vec<Rational>, Fault> {
        let measure = self.markings[id]
            .measures
            .first()
            .ok_or_else(|| unfit(code))?;
        self.measures[*measure]
            .labels
            .iter()
            .map(|label| {
                let points = levels.iter().find(|(named, _)| named == label);
                points
                    .map(|(_, points)| points.clone())
                    .ok_or_else(|| unfit(label))
            })
            .collect()
    }
}

pub(super) fn imputes(policy: Option<MissingPolicy>) -> bool {
    matches!(policy, Some(MissingPolicy::Mean | MissingPolicy::Median))
}
