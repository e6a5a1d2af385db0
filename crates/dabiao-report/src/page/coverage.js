// Coverage of the four levels, and all units as a tree that unfolds.
var onlyLacking = false;

// A unit of the data as an object: code, organised, name, counts, share, compounds, below.
function unit(held, parent) {
  var list = typeof held === 'string' ? [held, 1] : held;
  var code = list[0].charAt(0) === '+' ? parent + list[0].slice(1) : list[0].slice(1);
  var inner = list[3] || {};
  return {
    code: code, organised: list[1], name: list[2] || '', counts: inner.n, share: inner.s,
    compounds: inner.x || [], households: inner.h, below: list[4] || []
  };
}

function lacksBelow(one) {
  return one.organised !== 1 || (one.counts || []).some(function (count) { return count[0] < count[1]; });
}

function viewCoverage() {
  var grid = DATA.grid;
  var box = h('input', { type: 'checkbox', id: 'only-lacking', onchange: function () { onlyLacking = box.checked; fill(); } });
  box.checked = onlyLacking;
  var frame = h('div', {});
  function fill() { clear(frame).appendChild(tree()); }
  fill();
  return [
    levelsTable(),
    h('p', {}, w('unheldCompounds', grouped(grid.unheld_compounds), grouped(grid.compounds), grouped(grid.unheld_households))),
    panel(w('tree'), w('treeHint'),
      grid.complete ? null : h('p', { class: 'note' }, w('counted')),
      h('label', { class: 'check' }, box, ' ', w('onlyLacking')),
      frame)
  ];
}

function levelsTable() {
  return table(w('levels'), [
    { title: w('level') }, { title: w('organisation') }, { title: w('units'), right: true },
    { title: w('established'), right: true }, { title: w('coverageShare'), class: 'wide' }
  ], DATA.grid.levels.map(function (level) {
    return [t(level.title), t(level.organisation), grouped(level.units), grouped(level.organised),
      withBar(level.share, level.organised, level.units, SECOND)];
  }));
}

var COUNTED = ['comm', 'grid', 'building'];

function unitRow(one, depth) {
  var counts = (one.counts || []).map(function (count, level) {
    return count[1] && level >= depth ? w(COUNTED[level]) + ' ' + w('outOf', grouped(count[0]), grouped(count[1])) : null;
  }).filter(Boolean);
  if (one.share) { counts.push(w('fourLevels') + ' ' + one.share); }
  if (one.compounds.length) { counts.push(w('unheldHere', one.compounds.join(', '))); }
  if (one.households) { counts.push(w('unheldHouseholds', grouped(one.households))); }
  var state = one.organised === 1 ? 'has' : (one.organised === 0 ? 'lacks' : 'unrecorded');
  return [
    h('span', { class: 'state ' + state }, h('span', { 'aria-hidden': 'true' }, state === 'has' ? '● ' : '○ '), w(state)),
    ' ', h('strong', {}, one.name || one.code), one.name ? h('span', { class: 'note' }, ' ' + one.code) : null,
    counts.length ? h('span', { class: 'note' }, ' · ' + counts.join(' · ')) : null
  ];
}

// A tree by the pattern of WAI-ARIA: one stop for Tab, arrow keys inside.
function tree() {
  var root = h('ul', { class: 'tree', role: 'tree', 'aria-label': w('tree'), onkeydown: move });
  fillGroup(root, DATA.grid.streets, '', 0);
  var first = root.querySelector('[role=treeitem]');
  if (first) { first.tabIndex = 0; } else { return h('p', {}, w('noneLacking')); }
  return root;

  function fillGroup(list, held, parent, depth) {
    var units = held.map(function (one) { return unit(one, parent); }).filter(function (one) {
      return !onlyLacking || lacksBelow(one);
    });
    units.forEach(function (one, at) { list.appendChild(node(one, depth, at, units.length)); });
  }

  function node(one, depth, at, of) {
    var item = h('div', { class: 'row', role: 'treeitem', tabindex: '-1', 'aria-level': depth + 1, 'aria-posinset': at + 1, 'aria-setsize': of }, unitRow(one, depth));
    item.unit = one;
    item.depth = depth;
    if (one.below.length) { item.setAttribute('aria-expanded', 'false'); }
    item.addEventListener('click', function () { toggle(item); focus(item); });
    var card = depth === 1 ? BY_CODE['c' + one.code] : null;
    if (card) {
      // Inside of the item: a tree holds items alone.
      append(item, h('span', { class: 'open-card', onclick: function (event) { event.stopPropagation(); } },
        cardLink(card, w('openCard') + ' ' + cardName(card))));
    }
    return h('li', { role: 'none' }, item);
  }

  function toggle(item, wanted) {
    var open = item.getAttribute('aria-expanded') === 'true';
    if (item.getAttribute('aria-expanded') === null || open === wanted) { return; }
    item.setAttribute('aria-expanded', String(!open));
    if (item.group) {
      item.group.hidden = open;
    } else {
      item.group = h('ul', { role: 'group', id: newId() });
      item.setAttribute('aria-owns', item.group.id);
      fillGroup(item.group, item.unit.below, item.unit.code, item.depth + 1);
      item.parentNode.appendChild(item.group);
    }
  }

  function focus(item) {
    var held = root.querySelector('[role=treeitem][tabindex="0"]');
    if (held) { held.tabIndex = -1; }
    item.tabIndex = 0;
    item.focus();
  }

  function shown() {
    return Array.prototype.filter.call(root.querySelectorAll('[role=treeitem]'), function (item) {
      return !item.closest('ul[hidden]');
    });
  }

  // The unit above, whose group this one stands in.
  function above(item) {
    var group = item.closest('ul');
    return group === root ? null : group.parentNode.querySelector('[role=treeitem]');
  }

  function move(event) {
    var item = event.target;
    if (item.getAttribute('role') !== 'treeitem' || event.altKey || event.ctrlKey || event.metaKey) { return; }
    var items = shown();
    var at = items.indexOf(item);
    var expanded = item.getAttribute('aria-expanded');
    var to = null;
    if (event.key === 'ArrowDown') { to = items[at + 1]; }
    else if (event.key === 'ArrowUp') { to = items[at - 1]; }
    else if (event.key === 'Home') { to = items[0]; }
    else if (event.key === 'End') { to = items[items.length - 1]; }
    else if (event.key === 'ArrowRight') {
      if (expanded === 'false') { toggle(item, true); } else if (expanded === 'true') { to = items[at + 1]; }
    } else if (event.key === 'ArrowLeft') {
      if (expanded === 'true') { toggle(item, false); }
      else { to = above(item); }
    } else if (event.key === 'Enter' || event.key === ' ') { toggle(item); }
    else { return; }
    event.preventDefault();
    if (to) { focus(to); }
  }
}

// A community's own coverage, on its card.
function coveragePanel(card) {
  var found = null;
  (DATA.grid ? DATA.grid.streets : []).forEach(function (held) {
    var street = unit(held, '');
    street.below.forEach(function (inner) {
      var one = unit(inner, street.code);
      if (one.code === card.code) { found = { street: street, one: one }; }
    });
  });
  if (!found) { return null; }
  var lacking = [];
  var visit = function (one) {
    if (one.organised !== 1) { lacking.push((one.name ? one.name + ' ' : '') + one.code); }
    one.below.forEach(function (inner) { visit(unit(inner, one.code)); });
  };
  if (found.street.organised !== 1) { lacking.push(found.street.name + ' ' + found.street.code); }
  visit(found.one);
  return panel(w('levels'), null,
    h('p', {}, unitRow(found.one, 1)),
    lacking.length ? unfolding(w('lacks') + ' ' + grouped(lacking.length), h('p', { class: 'codes' }, lacking.join(', '))) : h('p', {}, w('noneLacking')));
}
