// Elements are made here and nowhere else. Whatever is shown becomes a text node, so that no
// text of the data is ever read as markup.

// h('p', {class: 'note'}, 'text', element, …); false, null and undefined are passed over.
function h(name, attributes) {
  var element = document.createElement(name);
  Object.keys(attributes || {}).forEach(function (key) {
    var value = attributes[key];
    if (value === null || value === undefined || value === false) { return; }
    if (typeof value === 'function') {
      element.addEventListener(key.slice(2), value);
    } else {
      element.setAttribute(key, value === true ? '' : String(value));
    }
  });
  for (var i = 2; i < arguments.length; i += 1) { append(element, arguments[i]); }
  return element;
}

function append(element, child) {
  if (child === null || child === undefined || child === false) { return; }
  if (Array.isArray(child)) {
    child.forEach(function (one) { append(element, one); });
  } else if (child instanceof Node) {
    element.appendChild(child);
  } else {
    element.appendChild(document.createTextNode(String(child)));
  }
}

function clear(element) {
  while (element.firstChild) { element.removeChild(element.firstChild); }
  return element;
}

// A table that scrolls inside its own frame, so that the page never does.
// columns: [{title, right, class}], rows: arrays of cells; a cell may be an element.
function table(caption, columns, rows, options) {
  var settings = options || {};
  var head = h('tr', {}, columns.map(function (column) {
    return h('th', { scope: 'col', class: classes(column) }, column.title);
  }));
  var body = rows.map(function (row) {
    return h('tr', {}, row.map(function (cell, at) {
      var column = columns[at];
      var first = at === (settings.header || 0);
      return h(first ? 'th' : 'td', { scope: first ? 'row' : null, class: classes(column) }, cell);
    }));
  });
  return scrolling(caption, h('table', { class: settings.class },
    h('caption', { class: settings.showCaption ? null : 'unseen' }, caption),
    h('thead', {}, head), h('tbody', {}, body)));
}

function classes(column) {
  var names = [];
  if (column.right) { names.push('number'); }
  if (column.class) { names.push(column.class); }
  return names.join(' ') || null;
}

function scrolling(label, inner) {
  return h('div', { class: 'scroll', 'data-label': label }, inner);
}

// A bar inside a cell; the number beside it says the same.
function bar(part, whole, colour) {
  var inner = h('span', { class: 'bar-fill' });
  inner.style.width = (whole > 0 ? Math.max(0, Math.min(100, 100 * part / whole)) : 0) + '%';
  if (colour) { inner.style.backgroundColor = colour; }
  return h('span', { class: 'bar', 'aria-hidden': 'true' }, inner);
}

// A number with its bar: the numbers are equally wide, so that all bars begin at one line.
function withBar(text, part, whole, colour) {
  return h('span', { class: 'with-bar' }, h('span', { class: 'amount' }, text), bar(part, whole, colour));
}

var unique = 0;
function newId() { unique += 1; return 'e' + unique; }
