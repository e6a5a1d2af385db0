// The ranking: sortable, filterable. What is chosen outlives a change of language.
var ranking = { key: 'rank', down: false, district: '', grade: '', search: '' };

// Rows are made in slices: the first ones at once, the others while the page can be used. Each
// slice lays the table out again, so that the later ones are larger.
var FIRST_ROWS = 60;
var MOST_ROWS = 500;
// Puts the rows that are still to come, up to some number of them or all; null when all are there.
var moreRows = null;

function allRows() { if (moreRows) { moreRows(Infinity); } }

function rankingColumns() {
  var cards = DATA.cards;
  var some = function (holds) { return cards.some(holds); };
  var number = function (key) { return function (card) { return size(card[key] || ''); }; };
  var text = function (of) { return function (card) { return of(card); }; };
  return [
    { key: 'rank', title: w('place'), right: true, class: 'whole', order: function (card) { return card.rank; }, cell: function (card) { return card.rank || '–'; } },
    { key: 'code', title: w('code'), class: 'far code', order: text(function (card) { return card.code; }), cell: function (card) { return card.code; } },
    { key: 'name', title: w('name'), order: text(cardName), header: true, cell: function (card) {
      return [cardLink(card), h('span', { class: 'near' }, districtOf(card))];
    } },
    DATA.districts.length && { key: 'district', title: w('district'), class: 'mid', order: text(districtOf), cell: districtOf },
    { key: 'total', title: w('total'), right: true, class: 'whole', order: number('total'), cell: function (card) { return h('strong', {}, card.total || '–'); } },
    some(function (card) { return card.bonus; }) && { key: 'bonus', title: w('bonus'), right: true, class: 'far whole', order: number('bonus'), cell: function (card) { return card.bonus || ''; } },
    some(function (card) { return card.deductions; }) && { key: 'deductions', title: w('deductions'), right: true, class: 'far whole', order: number('deductions'), cell: function (card) { return card.deductions || ''; } },
    DATA.grades.length && { key: 'grade', title: w('grade'), order: function (card) { return card.grade === null ? null : card.grade; }, cell: function (card) { return gradeBadge(card.grade); } },
    DATA.selection && { key: 'outcome', title: w('selection'), class: 'mid', order: outcomeOf, cell: function (card) { return outcomeOf(card) === 2 ? '' : outcomeBadge(card); } },
    some(function (card) { return flagsOf(card).length; }) && { key: 'flags', title: w('flags'), class: 'mid', order: function (card) { return -flagsOf(card).length; }, cell: function (card) { return flagsOf(card).join('; '); } }
  ].concat(SCALES.length > 10 ? [] : SCALES.map(function (at) {
    return {
      key: 'part' + at, title: partTitle(at), right: true, class: 'far narrow',
      order: function (card) { return size(pointsOf(card)[at]); },
      cell: function (card) { return shownPoints(pointsOf(card)[at]); }
    };
  })).filter(Boolean);
}

function viewRanking() {
  var columns = rankingColumns();
  var status = h('p', { class: 'note', role: 'status' });
  var said = h('p', { class: 'paper-only' });
  var body = h('tbody', {});
  var whole = h('table', { class: 'ranking' },
    h('caption', { class: 'unseen' }, w('ranking') + ' — ' + w('sortHint')));
  var made = [];
  var headings = columns.map(function (column) {
    var button = h('button', { type: 'button', class: 'sort', onclick: function () {
      ranking.down = ranking.key === column.key ? !ranking.down : false;
      ranking.key = column.key;
      fill();
    } }, column.title, h('span', { class: 'arrow', 'aria-hidden': 'true' }));
    return h('th', { scope: 'col', class: classes(column) }, button);
  });
  var selects = [];
  if (DATA.districts.length > 1) {
    selects.push(choice('district', w('district'), w('allDistricts'), DATA.districts.map(districtTitle)));
  }
  if (DATA.grades.length) {
    var names = DATA.grades.map(function (grade, at) { return gradeTitle(at); });
    selects.push(choice('grade', w('grade'), w('allGrades'), names.concat(DATA.communities.ungraded ? [w('noGrade')] : [])));
  }
  function choice(key, label, all, names) {
    var select = h('select', { id: 'filter-' + key, onchange: function () { ranking[key] = select.value; fill(); } },
      h('option', { value: '' }, all),
      names.map(function (name, at) { return h('option', { value: at }, name); }));
    select.value = ranking[key];
    return h('label', {}, h('span', {}, label), select);
  }
  var search = h('input', { id: 'filter-search', type: 'search', autocomplete: 'off', oninput: function () { ranking.search = search.value; fill(); } });
  search.value = ranking.search;
  selects.push(h('label', {}, h('span', {}, w('search')), search));

  function fill() {
    var column = columns.filter(function (one) { return one.key === ranking.key; })[0] || columns[0];
    columns.forEach(function (one, at) {
      var sorted = one === column ? (ranking.down ? 'descending' : 'ascending') : null;
      if (sorted) { headings[at].setAttribute('aria-sort', sorted); } else { headings[at].removeAttribute('aria-sort'); }
    });
    var wanted = ranking.search.trim().toLowerCase();
    var held = BY_PLACE.filter(function (card) {
      if (ranking.district !== '' && card.district !== Number(ranking.district)) { return false; }
      if (ranking.grade !== '' && (card.grade === null ? DATA.grades.length : card.grade) !== Number(ranking.grade)) { return false; }
      return !wanted || card.code.toLowerCase().indexOf(wanted) >= 0 || cardName(card).toLowerCase().indexOf(wanted) >= 0 ||
        streetOf(card).toLowerCase().indexOf(wanted) >= 0;
    });
    sortBy(held, column.order, ranking.down);
    clear(body);
    pour(held);
    if (!held.length) { body.appendChild(h('tr', {}, h('td', { colspan: columns.length }, w('nothing')))); }
    clear(status);
    append(status, w('shown', grouped(held.length), grouped(DATA.cards.length)));
    var filters = [
      ranking.district !== '' ? districtTitle(DATA.districts[ranking.district]) : '',
      ranking.grade !== '' ? gradeTitle(Number(ranking.grade)) : '',
      ranking.search
    ].filter(Boolean);
    clear(said);
    if (filters.length) { append(said, w('filtered', filters.join(' · '))); }
  }

  function line(card) {
    if (!made[card.at]) {
      made[card.at] = h('tr', {}, columns.map(function (one) {
        return h(one.header ? 'th' : 'td', { scope: one.header ? 'row' : null, class: classes(one) }, one.cell(card));
      }));
    }
    return made[card.at];
  }

  function pour(held) {
    var next = 0;
    var put = function (many) {
      var some = document.createDocumentFragment();
      for (var end = Math.min(held.length, next + many); next < end; next += 1) { some.appendChild(line(held[next])); }
      body.appendChild(some);
      moreRows = next < held.length ? put : null;
      if (moreRows) {
        whole.setAttribute('aria-busy', 'true');
      } else {
        whole.removeAttribute('aria-busy');
        drawAll();
      }
    };
    put(FIRST_ROWS);
    var many = FIRST_ROWS;
    var later = function () {
      if (moreRows !== put) { return; }
      many = Math.min(2 * many, MOST_ROWS);
      put(many);
      setTimeout(later, 0);
    };
    setTimeout(later, 0);
  }

  append(whole, [h('thead', {}, h('tr', {}, headings)), body]);
  fill();
  return [
    h('form', { class: 'filters', role: 'search', onsubmit: function (event) { event.preventDefault(); } }, selects),
    status, said,
    scrolling(w('ranking'), whole)
  ];
}

// Where the columns do not fit, the code gives way: it is on the card, and found by the search.
function fitRanking() {
  var whole = document.querySelector('.view.current .ranking');
  if (!whole) { return; }
  whole.classList.remove('tight');
  whole.classList.toggle('tight', whole.parentNode.scrollWidth > whole.parentNode.clientWidth + 1);
}

// Stable; what has no value comes last either way.
function sortBy(cards, order, down) {
  var sign = down ? -1 : 1;
  var compare = new Intl.Collator(lang === 'zh' ? 'zh-CN' : 'en').compare;
  cards.sort(function (a, b) {
    var x = order(a), y = order(b);
    var blankX = x === null || x === undefined || x === '', blankY = y === null || y === undefined || y === '';
    if (blankX || blankY) { return blankX - blankY || a.at - b.at; }
    var less = typeof x === 'string' ? compare(x, y) : x - y;
    return sign * less || a.at - b.at;
  });
}
