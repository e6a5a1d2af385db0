// The frame: what is marked on top, the views, the address, printing.
var VIEWS = [
  { id: 'glance', view: viewGlance, paper: true },
  { id: 'ranking', view: viewRanking, paper: true },
  DATA.selection && { id: 'selection', view: viewSelection, paper: true },
  DATA.grid && { id: 'coverage', view: viewCoverage },
  DATA.phases.length > 1 && { id: 'phases', view: viewPhases },
  { id: 'standard', view: viewStandard }
].filter(Boolean);

var page = document.getElementById('page');
var built = {};
var main;
var links;
var unfolded = [];
// The view that leads to cards and was shown last, and the card that is shown.
var listShown = 'ranking';
var cardShown = null;
var viewShown = null;
// By view: how far it was scrolled when it was left.
var scrolled = {};

// Whether the reader has folded or unfolded the notices.
var noticesSet = false;

function frame() {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  document.body.className = (DATA.synthetic ? 'synthetic' : '') + (DATA.notices.length ? ' noted' : '');
  built = {};
  links = VIEWS.map(function (one) { return h('a', { href: '#' + one.id }, w(one.id)); });
  main = h('main', { id: 'main', tabindex: '-1' }, VIEWS.map(function (one) {
    one.place = h('section', { class: 'view' + (one.paper ? ' paper' : ''), id: 'view-' + one.id, 'aria-label': w(one.id) });
    return one.place;
  }), h('section', { class: 'view', id: 'view-card', 'aria-label': w('community') }));
  append(clear(page), [
    h('a', { class: 'skip', href: '#main', onclick: function (event) { event.preventDefault(); main.focus(); } }, w('skip')),
    h('header', { class: 'top' },
      h('div', { class: 'first' },
        DATA.synthetic ? h('p', { class: 'mark' }, h('strong', {}, w('synthetic'))) : null,
        h('div', { class: 'tools' },
          h('div', { role: 'group', 'aria-label': w('language') }, languageButton('zh', '中文', 'zh-CN'), languageButton('en', 'English', 'en')),
          h('button', { type: 'button', id: 'print', onclick: function () { window.print(); } }, w('print')))),
      h('h1', {}, t(DATA.title)),
      h('p', { class: 'where' }, w('subtitle', t(DATA.standard.title), DATA.standard.full, grouped(DATA.cards.length))),
      DATA.notices.length ? h('details', { class: 'notices' },
        h('summary', { onclick: function () { noticesSet = true; } }, w('notices')), DATA.notices.map(function (notice) { return h('p', {}, t(notice)); })) : null,
      h('nav', { class: 'views', 'aria-label': w('views') }, h('ul', {}, links.map(function (link) { return h('li', {}, link); })))),
    main,
    h('footer', {},
      h('p', {}, w('made', DATA.engine) + ' · ' + w('charts')),
      h('details', {}, h('summary', {}, w('digests')), h('dl', { class: 'digests' }, DATA.digests.map(function (digest) {
        return h('div', {}, h('dt', {}, t(digest.what)), h('dd', {}, digest.sha256));
      }))))
  ]);
}

function languageButton(code, name, tag) {
  return h('button', { type: 'button', id: 'lang-' + code, lang: tag, 'aria-pressed': String(lang === code), onclick: function () {
    lang = code;
    frame();
    show(false);
    document.getElementById('lang-' + code).focus();
  } }, name);
}

function build(one) {
  if (built[one.id]) { return; }
  built[one.id] = true;
  append(clear(one.place), h('h2', { tabindex: '-1' }, one.id === 'standard' ? w('standardTitle') : w(one.id)));
  append(one.place, one.view());
}

function current() {
  var wanted = location.hash.slice(1);
  if (wanted.slice(0, 2) === 'c/') {
    var code = '';
    try { code = decodeURIComponent(wanted.slice(2)); } catch (wrong) { code = ''; }
    var card = BY_CODE['c' + code];
    if (card) { return { card: card }; }
  }
  return VIEWS.filter(function (one) { return one.id === wanted; })[0] || VIEWS[0];
}

// Shows the view that the address names. A change of address moves the focus to its title; who
// comes back from a card finds the list where it was left.
function show(moveFocus) {
  var wanted = current();
  var from = cardShown;
  if (viewShown) { scrolled[viewShown] = window.scrollY; }
  cardShown = wanted.card || null;
  viewShown = wanted.card ? null : wanted.id;
  if (['ranking', 'selection', 'coverage', 'phases'].indexOf(viewShown) >= 0) { listShown = viewShown; }
  document.title = (wanted.card ? cardName(wanted.card) + ' · ' : '') + t(DATA.title);
  var place = wanted.card ? document.getElementById('view-card') : wanted.place;
  if (wanted.card) {
    append(clear(place), viewCard(wanted.card));
  } else {
    build(wanted);
  }
  Array.prototype.forEach.call(main.querySelectorAll('.view'), function (view) {
    view.classList.toggle('current', view === place);
  });
  // Of the first views all are printed together, of the others the one that is shown.
  document.body.classList.toggle('together', !wanted.card && Boolean(wanted.paper));
  VIEWS.forEach(function (one, at) {
    if (one === wanted) { links[at].setAttribute('aria-current', 'page'); } else { links[at].removeAttribute('aria-current'); }
  });
  var notices = page.querySelector('.notices');
  if (notices && !noticesSet) { notices.open = window.innerWidth > 760 && wanted.id === 'glance'; }
  drawAll();
  if (moveFocus) {
    if (from && wanted.id === 'ranking') { allRows(); }
    var back = from && !wanted.card ? linkTo(from, place) : null;
    window.scrollTo(0, back ? scrolled[wanted.id] || 0 : 0);
    var aim = back || place.querySelector('h2');
    if (aim) { aim.focus({ preventScroll: true }); }
  }
}

function linkTo(card, place) {
  var wanted = cardAddress(card);
  var links = Array.prototype.filter.call(place.querySelectorAll('a'), function (link) { return link.getAttribute('href') === wanted; });
  return links[0] || null;
}

if (history.scrollRestoration) { history.scrollRestoration = 'manual'; }
document.addEventListener('keydown', function (event) {
  var typing = event.target instanceof Element && event.target.matches('input, select');
  if (event.key === 'Escape' && cardShown && !typing && !event.defaultPrevented) { location.hash = '#' + listShown; }
});
window.addEventListener('hashchange', function () { show(true); });
window.addEventListener('resize', drawAll);
window.addEventListener('beforeprint', function () {
  if (document.body.classList.contains('together')) {
    VIEWS.forEach(function (one) { if (one.paper) { build(one); } });
    allRows();
  }
  // What is folded away on a screen is unfolded on paper where it must not be missed.
  unfolded = Array.prototype.filter.call(document.querySelectorAll('details.notices, details.rest'), function (one) { return !one.open; });
  unfolded.forEach(function (one) { one.open = true; });
  drawForPaper();
});
window.addEventListener('afterprint', function () {
  unfolded.forEach(function (one) { one.open = false; });
  drawAll();
});

frame();
show(false);
