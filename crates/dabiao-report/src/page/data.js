// What the page shows: read once; numbers are text as they were published.
var DATA = JSON.parse(document.getElementById('data').textContent);
lang = DATA.lang;

// A text of the data in the language of the page.
function t(at) {
  if (at === null || at === undefined) { return ''; }
  var text = DATA.texts[at];
  return typeof text === 'string' ? text : text[lang === 'zh' ? 0 : 1];
}

var PARTS = DATA.parts;
var SCALES = PARTS.map(function (part, at) { return at; }).filter(function (at) {
  return PARTS[at].kind === 'section' && PARTS[at].depth === 0;
});
var ITEMS = PARTS.map(function (part, at) { return at; }).filter(function (at) {
  return PARTS[at].kind === 'item';
});
// By part: the place of an item among the items.
var ITEM_AT = {};
ITEMS.forEach(function (part, at) { ITEM_AT[part] = at; });

var BY_CODE = {};
DATA.cards.forEach(function (card, row) {
  card.row = row;
  BY_CODE['c' + card.code] = card;
});

// By place, as the ranking starts; those without one come last, by code.
var BY_PLACE = DATA.cards.slice().sort(function (a, b) {
  return (a.rank || Infinity) - (b.rank || Infinity) || a.row - b.row;
});
BY_PLACE.forEach(function (card, at) { card.at = at; });

// A number for drawing and sorting alone; what is read is the text itself.
function size(points) {
  var value = parseFloat(points);
  return isNaN(value) ? null : value;
}

function pointsOf(holder) {
  if (!holder.split) { holder.split = holder.points.split(' '); }
  return holder.split;
}

function shownPoints(points) { return points === '-' || points === undefined ? '–' : points; }

function partTitle(at) { return PARTS[at].code + ' ' + t(PARTS[at].title); }

function cardName(card) { return card.name || card.code; }

function districtOf(card) {
  return card.district === undefined ? '' : DATA.districts[card.district].name;
}

// Among districts, those who name none.
function districtTitle(group) { return group.name || w('noDistrict'); }

function streetOf(card) {
  return card.street === undefined ? '' : DATA.streets[card.street];
}

// Told apart by lightness too, so that they hold in grey and for every eye.
var GRADE_COLOURS = ['#0b4f8a', '#5aa2d6', '#f0b23e', '#b5651d', '#7b5ea7', '#c9a0c9'];
var NO_GRADE_COLOUR = '#8c8c8c';

function gradeColour(grade) {
  return grade === null || grade === undefined || grade >= DATA.grades.length
    ? NO_GRADE_COLOUR : GRADE_COLOURS[grade % GRADE_COLOURS.length];
}

function gradeTitle(grade) {
  return grade === null || grade === undefined || grade >= DATA.grades.length
    ? w('noGrade') : t(DATA.grades[grade].title);
}

function gradeBadge(grade) {
  var dot = h('span', { class: 'dot', 'aria-hidden': 'true' });
  dot.style.backgroundColor = gradeColour(grade);
  return h('span', { class: 'grade' }, dot, gradeTitle(grade));
}

// 1993 as 1,993.
function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function flagsOf(card) {
  var flags = (card.flags || []).map(function (flag) { return w(flag + '-flag'); });
  var held = (card.vetoes || []).filter(function (veto) { return veto[2]; });
  if (held.length) {
    flags.push(w('vetoFlag') + ' ' + held.map(function (veto) { return veto[0]; }).join(', '));
  }
  if (card.missing) { flags.push(w('missingFlag') + ' ' + card.missing.length); }
  return flags;
}

// 0 chosen, 1 tied, 2 not chosen; undefined without a selection.
function outcomeOf(card) {
  return DATA.selection ? DATA.selection.decisions[card.row][1] : undefined;
}

var OUTCOMES = ['chosen', 'tied', 'notChosen'];

function outcomeBadge(card) {
  var outcome = outcomeOf(card);
  if (outcome === undefined) { return ''; }
  var tier = DATA.selection.decisions[card.row][0];
  var many = DATA.selection.tiers.length > 1 && tier !== null;
  var text = w(OUTCOMES[outcome]) + (many ? ' · ' + t(DATA.selection.tiers[tier].title) : '');
  return h('span', { class: 'outcome ' + OUTCOMES[outcome] }, text);
}

function cardLink(card, text) {
  return h('a', { href: cardAddress(card) }, text || cardName(card));
}

function cardAddress(card) { return '#c/' + encodeURIComponent(card.code); }
