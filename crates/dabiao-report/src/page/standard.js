// The standard in words: sections, items, points and rules.
function viewStandard() {
  var standard = DATA.standard;
  var groups = [];
  PARTS.forEach(function (part, at) {
    if (part.kind === 'section') {
      groups.push({ title: partTitle(at) + ' (' + part.full + ')', depth: part.depth, items: [] });
    } else {
      if (part.kind !== 'item' && !(groups.length && groups[groups.length - 1].extra)) {
        groups.push({ title: w('extras'), depth: 0, items: [], extra: true });
      }
      groups[groups.length - 1].items.push(at);
    }
  });
  return [
    h('p', {}, t(standard.title) + ' · ' + standard.id, standard.version ? ' · ' + w('version') + ' ' + standard.version : '',
      standard.source ? h('span', { class: 'note block' }, w('source') + ': ' + standard.source) : null),
    groups.map(function (group) {
      return [h(group.depth ? 'h4' : 'h3', {}, group.title), h('ul', { class: 'items' }, group.items.map(function (at) {
        var part = PARTS[at];
        var facts = [
          part.rule !== null && [w('rule'), t(part.rule)],
          part.evidence !== null && [w('evidence'), t(part.evidence)]
        ].filter(Boolean);
        return h('li', {},
          h('div', { class: 'line' }, h('strong', {}, partTitle(at)), h('span', { class: 'sum' }, part.full || '')),
          h('dl', {}, facts.map(function (fact) { return h('div', {}, h('dt', {}, fact[0]), h('dd', {}, fact[1])); })));
      }))];
    })
  ];
}
