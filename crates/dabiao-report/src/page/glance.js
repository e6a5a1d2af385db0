// The whole at a glance.
function viewGlance() {
  var counts = DATA.communities;
  var chosen = DATA.selection && DATA.selection.decisions.filter(function (held) { return held[1] === 0; }).length;
  var tied = DATA.selection && DATA.selection.decisions.filter(function (held) { return held[1] === 1; }).length;
  var tiles = [
    [w('communities'), grouped(counts.all)],
    [w('mean'), DATA.city.mean || '–'],
    DATA.selection && [w('chosen'), grouped(chosen)],
    tied ? [w('tied'), grouped(tied)] : null,
    counts.vetoed ? [w('vetoed'), grouped(counts.vetoed)] : null,
    counts.missing ? [w('missing'), grouped(counts.missing)] : null,
    counts.provisional ? [w('provisional'), grouped(counts.provisional)] : null
  ].filter(Boolean);
  return [
    h('dl', { class: 'tiles' }, tiles.map(function (tile) {
      return h('div', {}, h('dt', {}, tile[0]), h('dd', {}, tile[1]));
    })),
    h('div', { class: 'halves grades' }, gradesPanel(), distributionPanel()),
    districtsPanel(),
    weakestPanel()
  ];
}

function panel(title, note) {
  var id = newId();
  var held = h('section', { class: 'panel', 'aria-labelledby': id },
    h('h3', { id: id }, title), note ? h('p', { class: 'note' }, note) : null);
  for (var i = 2; i < arguments.length; i += 1) { append(held, arguments[i]); }
  return held;
}

function gradesPanel() {
  if (!DATA.grades.length) { return null; }
  var all = DATA.communities.all;
  var rows = DATA.grades.map(function (grade, at) {
    return [gradeBadge(at), grouped(grade.communities), withBar(grade.share, grade.communities, all, gradeColour(at))];
  });
  if (DATA.communities.ungraded) {
    rows.push([gradeBadge(null), grouped(DATA.communities.ungraded),
      withBar(DATA.communities.ungraded_share, DATA.communities.ungraded, all, NO_GRADE_COLOUR)]);
  }
  return panel(w('grades'), null, table(w('grades'), [
    { title: w('grade') }, { title: w('communities'), right: true }, { title: w('share'), class: 'wide' }
  ], rows));
}

function distributionPanel() {
  var bins = DATA.bins;
  if (!bins) { return null; }
  var columns = [{ title: w('range') }].concat(DATA.grades.map(function (grade, at) {
    return { title: gradeTitle(at), right: true };
  }), [{ title: DATA.grades.length ? w('noGrade') : w('communities'), right: true }]);
  var rows = bins.counts.map(function (counts, at) {
    return [w('rangeOf', bins.edges[at], bins.edges[at + 1])].concat(counts.map(String));
  });
  return panel(w('distribution'), null, histogram(),
    unfolding(w('numbers'), h('p', { class: 'note' }, w('rangeNote')), table(w('distribution'), columns, rows)));
}

function unfolding(title) {
  var held = h('details', {}, h('summary', {}, title));
  for (var i = 1; i < arguments.length; i += 1) { append(held, arguments[i]); }
  return held;
}

function districtsPanel() {
  if (DATA.districts.length < 2) { return null; }
  var columns = [
    { title: w('place'), right: true }, { title: w('district') }, { title: w('communities'), right: true },
    { title: w('meanShort'), right: true }
  ].concat(DATA.grades.map(function (grade, at) { return { title: gradeTitle(at), right: true }; }),
    [DATA.grades.length ? { title: w('noGrade'), right: true } : null],
    SCALES.map(function (at) { return { title: partTitle(at), right: true, class: 'narrow' }; })).filter(Boolean);
  var line = function (group, name) {
    var points = pointsOf(group);
    var grades = DATA.grades.length ? group.grades.map(grouped) : [];
    return [group.rank || '', name, grouped(group.communities), group.mean || '–'].concat(
      grades, SCALES.map(function (at) { return shownPoints(points[at]); }));
  };
  var rows = DATA.districts.slice().sort(function (a, b) {
    return (a.rank || Infinity) - (b.rank || Infinity);
  }).map(function (group) { return line(group, districtTitle(group)); });
  rows.push(line(DATA.city, w('city')));
  return panel(w('districts'), null, table(w('districts'), columns, rows, { header: 1, class: 'summed' }));
}

function weakestPanel() {
  var losses = DATA.losses;
  if (!losses.length) { return null; }
  var shown = losses.slice(0, 10);
  var columns = [
    { title: w('item') }, { title: w('full'), right: true }, { title: w('meanLost'), right: true },
    { title: w('lostShare'), right: true }, { title: w('atFull'), right: true }
  ];
  var row = function (loss) {
    return [partTitle(loss.part), loss.full, loss.mean, loss.share,
      w('outOf', grouped(loss.at_full), grouped(loss.counted))];
  };
  var chart = bars(w('weakestAlt'), shown.map(function (loss) {
    return { title: partTitle(loss.part), value: size(loss.mean), label: loss.mean };
  }), ACCENT);
  return panel(w('weakest'), w('weakestNote'), h('div', { class: 'halves' }, chart, table(w('weakest'), columns, shown.map(row))),
    losses.length > shown.length
      ? unfolding(w('allItems'), table(w('allItems'), columns, losses.map(row))) : null);
}
