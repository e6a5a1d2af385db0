// Self-assessment against review and verification.
var pairShown = 0;

function viewPhases() {
  var weighted = DATA.phases.some(function (phase) { return phase.weight !== null; });
  var overview = table(w('phaseTable'), [
    { title: w('phase') }, { title: w('communities'), right: true },
    weighted && { title: w('weight'), right: true }, { title: w('leftOut'), right: true }
  ].filter(Boolean), DATA.phases.map(function (phase) {
    return [t(phase.title), grouped(phase.communities), weighted && (phase.weight || ''), grouped(phase.left_out)].filter(function (cell) { return cell !== false; });
  }));
  if (!DATA.transitions.length) { return [overview]; }
  var frame = h('div', {});
  var select = h('select', { id: 'filter-pair', onchange: function () { pairShown = Number(select.value); fill(); drawAll(); } },
    DATA.transitions.map(function (one, at) {
      return h('option', { value: at }, pairTitle(one));
    }));
  select.value = String(pairShown);
  function fill() { append(clear(frame), transition(DATA.transitions[pairShown])); }
  fill();
  return [overview,
    h('form', { class: 'filters', onsubmit: function (event) { event.preventDefault(); } },
      h('label', {}, h('span', {}, w('compare')), select)),
    frame];
}

function pairTitle(one) {
  return w('pair', t(DATA.phases[one.from].title), t(DATA.phases[one.to].title));
}

function signed(points) { return size(points) > 0 ? '+' + points : points.replace('-', '−'); }

function transition(one) {
  var title = pairTitle(one);
  var moved = one.items.filter(function (held) { return size(held.mean) !== 0; });
  moved = moved.slice().sort(function (a, b) { return Math.abs(size(b.mean)) - Math.abs(size(a.mean)); }).slice(0, 12);
  return [
    panel(w('meanDifference') + ' · ' + title, w('differenceNote'),
      moved.length ? bars(w('differenceAlt'), moved.map(function (held) {
        return { title: partTitle(held.part), value: size(held.mean), label: signed(held.mean) };
      }), ACCENT) : null,
      table(title, [
        { title: w('item') }, { title: w('compared'), right: true }, { title: w('meanDifference'), right: true },
        { title: w('lower'), right: true }, { title: w('same'), right: true }, { title: w('higher'), right: true }
      ], one.items.map(function (held) {
        return [partTitle(held.part), grouped(held.compared), signed(held.mean), grouped(held.lower), grouped(held.same), grouped(held.higher)];
      }))),
    panel(w('largest') + ' · ' + title, null, table(w('largest'), [
      { title: w('community') }, { title: w('district'), class: 'mid' }, { title: w('item') },
      { title: w('earlier'), right: true }, { title: w('later'), right: true }, { title: w('difference'), right: true }
    ], one.largest.map(function (held) {
      var card = DATA.cards[held[0]];
      return [cardLink(card), districtOf(card), partTitle(held[1]), held[2], held[3], signed(held[4])];
    })))
  ];
}
