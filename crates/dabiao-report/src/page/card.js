// A community's card.
function viewCard(card) {
  var before = BY_PLACE[card.at - 1], after = BY_PLACE[card.at + 1];
  var where = [districtOf(card), streetOf(card), card.code].filter(Boolean).join(' · ');
  return [
    h('nav', { class: 'steps', 'aria-label': w('community') },
      h('a', { href: '#' + listShown, rel: 'up' }, '‹ ' + w('back', w(listShown))),
      before ? h('a', { href: cardAddress(before), rel: 'prev' }, w('better')) : null,
      after ? h('a', { href: cardAddress(after), rel: 'next' }, w('worse')) : null,
      h('button', { type: 'button', onclick: function () { window.print(); } }, w('printCard'))),
    h('h2', { id: 'view-title', tabindex: '-1' }, cardName(card)),
    h('p', { class: 'where' }, where),
    cardHead(card),
    cardVetoes(card),
    h('div', { class: 'halves' }, sectionsPanel(card), radarPanel(card)),
    gapsPanel(card),
    itemsPanel(card),
    coveragePanel(card)
  ];
}

function radarPanel(card) {
  var chart = radar(card);
  return chart ? h('div', { class: 'panel' }, chart) : null;
}

function cardHead(card) {
  var grade = DATA.grades.length ? [gradeBadge(card.grade)] : [];
  if (card.earned !== undefined) { grade.push(' ', h('span', { class: 'note' }, '(' + w('gradeEarned', gradeTitle(card.earned)) + ')')); }
  var facts = [
    [w('total'), [h('strong', { class: 'big' }, card.total || '–'), ' ', h('span', { class: 'note' }, w('ofFull', DATA.standard.full))]],
    [w('place'), card.rank ? w('rankOf', card.rank, grouped(DATA.cards.length)) : w('noRank')],
    grade.length && [w('grade'), grade],
    card.before && (card.bonus || card.deductions) && [w('before'), card.before],
    card.bonus && [w('bonus'), card.bonus],
    card.deductions && [w('deductions'), card.deductions],
    DATA.selection && [w('selection'), [outcomeBadge(card), h('span', { class: 'note block' }, t(DATA.selection.decisions[card.row][2]))]],
    (card.flags || []).length && [w('flags'), card.flags.map(function (flag) { return w(flag + '-flag'); }).join('; ')],
    card.next && [w('nextGrade', gradeTitle(card.next[0])), t(card.next[1])],
    card.missing && [w('blanks'), card.missing.map(t).join('; '), card.missing.length > 3 && 'across']
  ].filter(Boolean);
  return h('dl', { class: 'facts' }, facts.map(function (fact) {
    return h('div', { class: fact[2] }, h('dt', {}, fact[0]), h('dd', {}, fact[1]));
  }));
}

function cardVetoes(card) {
  if (!card.vetoes) { return null; }
  return h('ul', { class: 'vetoes' }, card.vetoes.map(function (veto) {
    return h('li', {}, h('strong', {}, w('vetoed') + ' ' + veto[0] + ' ' + t(veto[1])), ' — ',
      veto[2] ? w('holds') : w('undecided'), h('span', { class: 'note block' }, t(veto[3])));
  }));
}

function sectionsPanel(card) {
  var own = pointsOf(card);
  var district = card.district === undefined ? null : pointsOf(DATA.districts[card.district]);
  var city = pointsOf(DATA.city);
  var columns = [
    { title: w('section') }, { title: w('points'), right: true }, { title: w('full'), right: true },
    district && { title: w('districtMean'), right: true }, { title: w('cityShort'), right: true }
  ].filter(Boolean);
  var rows = SCALES.map(function (at) {
    return [partTitle(at), h('strong', {}, own[at] === '-' ? w('excluded') : own[at]), PARTS[at].full,
      district && shownPoints(district[at]), shownPoints(city[at])].filter(function (cell) { return cell !== null; });
  });
  return panel(w('sections'), null, table(w('sections'), columns, rows));
}

function gapsPanel(card) {
  var first = 8;
  var one = function (gap) {
    var part = gap[0];
    return h('li', {},
      h('div', { class: 'line' }, h('strong', {}, partTitle(part)),
        h('span', { class: 'lost' }, '−' + gap[1]),
        h('span', { class: 'note' }, shownPoints(pointsOf(card)[part]) + ' / ' + PARTS[part].full)),
      h('p', {}, gap[2] === null ? noteOf(card, part) : t(gap[2])));
  };
  if (!card.gaps.length) { return panel(w('gaps'), null, h('p', {}, w('noGaps'))); }
  var rest = card.gaps.slice(first);
  return panel(w('gaps'), w('gapsNote'),
    h('ol', { class: 'gaps' }, card.gaps.slice(0, first).map(one)),
    rest.length ? folded(rest) : null);

  function folded(gaps) {
    var held = unfolding(w('moreGaps', gaps.length), h('ol', { class: 'gaps', start: first + 1 }, gaps.map(one)));
    held.className = 'rest';
    return held;
  }
}

function find(list, part) {
  var held = (list || []).filter(function (pair) { return pair[0] === part; })[0];
  return held === undefined ? null : held[1];
}

function noteOf(card, part) { return t(find(card.notes, part)); }

function itemsPanel(card) {
  var own = pointsOf(card);
  var groups = [];
  PARTS.forEach(function (part, at) {
    if (part.kind === 'section') {
      groups.push({ title: partTitle(at), points: own[at], full: part.full, depth: part.depth, items: [] });
    } else if (part.kind === 'item') {
      groups[groups.length - 1].items.push(at);
    }
  });
  var extras = PARTS.map(function (part, at) { return at; }).filter(function (at) {
    return (PARTS[at].kind === 'bonus' || PARTS[at].kind === 'deduction') && own[at] !== '-';
  });
  if (extras.length) { groups.push({ title: w('extras'), items: extras }); }
  var folds = groups.filter(function (group) { return group.items.length; }).map(function (group) {
    var sum = group.points === undefined ? '' : (group.points === '-' ? w('excluded') : group.points + ' / ' + group.full);
    return h('details', { class: 'fold' },
      h('summary', {}, h('span', { class: 'line' }, h('strong', {}, group.title), h('span', { class: 'sum' }, sum))),
      h('ul', { class: 'items' }, group.items.map(function (part) { return itemLine(card, part); })));
  });
  var open = false;
  var button = h('button', { type: 'button', onclick: function () {
    open = !open;
    folds.forEach(function (fold) { fold.open = open; });
    clear(button).appendChild(document.createTextNode(open ? w('fold') : w('unfold')));
  } }, w('unfold'));
  var details = panel(w('details'), null, button, folds);
  details.classList.add('details-panel');
  return [details, compactPanel(own)];
}

// On paper, all items in short.
function compactPanel(own) {
  var held = panel(w('perItem'), null, h('ul', { class: 'compact' }, ITEMS.map(function (at) {
    return h('li', {}, h('span', {}, partTitle(at)), h('span', {}, (own[at] === '-' ? w('excluded') : own[at]) + ' / ' + PARTS[at].full));
  })));
  held.classList.add('paper-only');
  return held;
}

function itemLine(card, at) {
  var part = PARTS[at];
  var points = pointsOf(card)[at];
  var value = find(card.values, at);
  var answers = find(card.boxes, at);
  var checks = find(card.checks, at);
  var note = noteOf(card, at);
  var marks = { 1: ['✓', 'ticked'], 0: ['✗', 'unticked'], '?': ['?', 'blank'], '-': ['–', 'excluded'] };
  var facts = [
    value !== null && [w('observed'), t(value)],
    note && [w('note'), note],
    answers !== null && ['', h('ul', { class: 'boxes' }, answers.split('').map(function (answer, box) {
      return h('li', {}, h('span', { 'aria-hidden': 'true' }, marks[answer][0] + ' '),
        t(part.boxes[box]), h('span', { class: 'unseen' }, ' (' + w(marks[answer][1]) + ')'));
    }))],
    checks !== null && ['', h('ul', { class: 'boxes' }, checks.map(function (held, check) {
      return h('li', {}, part.checks[check][0] + ' ' + t(part.checks[check][1]) + ': ' + (held === '-' ? w('excluded') : held));
    }))],
    phasesOf(card, at),
    part.rule !== null && [w('rule'), t(part.rule)]
  ].filter(Boolean);
  return h('li', {},
    h('div', { class: 'line' }, h('strong', {}, partTitle(at)),
      h('span', { class: 'sum' }, (points === '-' ? w('excluded') : points) + (part.full === null ? '' : ' / ' + part.full))),
    h('dl', {}, facts.map(function (fact) {
      return h('div', {}, h('dt', { class: fact[0] ? null : 'unseen' }, fact[0] || w('details')), h('dd', {}, fact[1]));
    })));
}

function phasesOf(card, part) {
  if (!card.phases || ITEM_AT[part] === undefined) { return null; }
  var said = card.phases.map(function (points, phase) {
    var own = points.split(' ')[ITEM_AT[part]];
    return own === '-' ? null : t(DATA.phases[phase].title) + ' ' + own;
  }).filter(Boolean);
  return said.length ? [w('byPhase'), said.join(' → ')] : null;
}
