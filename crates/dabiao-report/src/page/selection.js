// The chosen, and why; everyone has a reason.
var selectionShown = 'chosen';

function viewSelection() {
  var selection = DATA.selection;
  var columns = [
    { title: w('tier') }, { title: w('places'), right: true }, { title: w('qualified'), right: true },
    { title: w('chosen'), right: true }, { title: w('tied'), right: true }, { title: w('open'), right: true },
    { title: w('unfilled'), right: true }
  ];
  var rows = selection.tiers.map(function (tier) {
    return [t(tier.title), tier.places === null ? w('noLimit') : grouped(tier.places), grouped(tier.qualified),
      grouped(tier.chosen), grouped(tier.tied), grouped(tier.open), grouped(tier.unfilled)];
  });
  var short = [];
  selection.tiers.forEach(function (tier) {
    tier.floors_short.forEach(function (held) {
      short.push(h('p', { class: 'note' }, w('floorsShort', held[0], held[1])));
    });
  });
  var frame = h('div', {});
  var select = h('select', { id: 'filter-outcome', onchange: function () { selectionShown = select.value; fill(); } },
    h('option', { value: 'chosen' }, w('chosenAndTied')),
    h('option', { value: 'not' }, w('notChosen')),
    h('option', { value: 'all' }, w('everyone')));
  select.value = selectionShown;
  function fill() {
    clear(frame).appendChild(decisions(selectionShown));
  }
  fill();
  // On paper those alone who are chosen or left open.
  return [
    table(w('tier'), columns, rows), short,
    h('form', { class: 'filters', onsubmit: function (event) { event.preventDefault(); } },
      h('label', {}, h('span', {}, w('outcome')), select)),
    frame
  ];
}

function decisions(shown) {
  var cards = BY_PLACE.filter(function (card) {
    var out = outcomeOf(card) === 2;
    return shown === 'all' || (shown === 'not') === out;
  });
  return table(w('selection'), [
    { title: w('place'), right: true }, { title: w('name') }, { title: w('code'), class: 'far' },
    { title: w('district'), class: 'mid' }, { title: w('total'), right: true }, { title: w('outcome'), class: 'mid' }, { title: w('reason') }
  ], cards.map(function (card) {
    return [card.rank || '–', cardLink(card), card.code, districtOf(card), card.total || '–', outcomeBadge(card),
      t(DATA.selection.decisions[card.row][2])];
  }), { header: 1 });
}
