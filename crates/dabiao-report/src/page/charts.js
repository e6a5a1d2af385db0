// Charts, drawn as SVG. Each has a text alternative and a table with its numbers beside it.
var ACCENT = '#b01e23';
var SECOND = '#0b4f8a';
var THIRD = '#767676';
var INK = '#1f2328';
var FAINT = '#d5d8dc';
var FONT = getComputedStyle(document.body).fontFamily;
// The width of a chart on A4, in CSS pixels: of one that stands alone, of one beside something.
var PAPER = 660;
var HALF_PAPER = 330;
var drawnCharts = [];

// A figure whose chart is drawn when it comes into view; option(width, height) is asked for its
// size, paper is its width there.
function figure(alternative, height, option, paper) {
  var place = h('div', { class: 'chart', role: 'img', 'aria-label': alternative });
  var held = { place: place, height: height, option: option, paper: paper || PAPER, chart: null, width: 0 };
  drawnCharts.push(held);
  return h('figure', {}, place);
}

function draw(held, width) {
  if (!width || (held.chart && held.width === width)) { return; }
  var height = typeof held.height === 'function' ? held.height(width) : held.height;
  if (held.chart) { held.chart.dispose(); }
  held.place.style.height = height + 'px';
  held.chart = echarts.init(held.place, null, { renderer: 'svg', width: width, height: height });
  held.width = width;
  var option = held.option(width, height);
  option.animation = false;
  option.textStyle = { fontFamily: FONT, color: INK, fontSize: 12 };
  held.chart.setOption(option);
  held.chart.getZr().flush();
  var svg = held.place.querySelector('svg');
  if (svg) { svg.setAttribute('aria-hidden', 'true'); svg.setAttribute('focusable', 'false'); }
}

// Draws what is on the page and has a size; a table that does not fit can be scrolled by key, the
// heading of one that fits stays in sight.
function drawAll() {
  fitRanking();
  Array.prototype.forEach.call(document.querySelectorAll('.scroll'), function (held) {
    var wide = held.scrollWidth > held.clientWidth + 1;
    held.classList.toggle('fits', !wide && !held.querySelector('[aria-busy]'));
    if (wide) { held.tabIndex = 0; held.setAttribute('role', 'region'); held.setAttribute('aria-label', w('scrolls', held.getAttribute('data-label'))); } else { held.removeAttribute('tabindex'); held.removeAttribute('role'); held.removeAttribute('aria-label'); }
  });
  drawnCharts = drawnCharts.filter(function (held) {
    if (document.body.contains(held.place)) { return true; }
    if (held.chart) { held.chart.dispose(); }
    return false;
  });
  drawnCharts.forEach(function (held) { draw(held, held.place.clientWidth); });
}

// For paper the width of the screen means nothing.
function drawForPaper() {
  drawnCharts.forEach(function (held) { draw(held, held.paper); });
}

// Text for a chart in lines of a width: Chinese breaks anywhere, the rest between words.
function inLines(text, width) {
  var lines = [], line = '', filled = 0;
  (text.match(/[\u2e80-\uffff]|[^\u2e80-\uffff\s]+|\s+/g) || []).forEach(function (piece) {
    var wide = textWidth(piece);
    if (filled && filled + wide > width) { lines.push(line.trim()); line = ''; filled = 0; }
    if (line || piece.trim()) { line += piece; filled += wide; }
  });
  if (line.trim()) { lines.push(line.trim()); }
  return lines;
}

var measuring = document.createElement('canvas').getContext('2d');
function textWidth(text) {
  measuring.font = '12px ' + FONT;
  return measuring.measureText(text).width;
}

function axisLabel(width) {
  return { color: INK, fontSize: 12, width: width, overflow: 'break', lineHeight: 15 };
}

var HISTOGRAM_PAPER = 365;

function histogram() {
  var bins = DATA.bins;
  var names = DATA.grades.map(function (grade, at) { return gradeTitle(at); });
  var used = bins.counts.some(function (counts) { return counts[names.length] > 0; });
  if (used || !names.length) { names = names.concat([w('noGrade')]); }
  var sums = bins.counts.map(function (counts) {
    return counts.reduce(function (sum, count) { return sum + count; }, 0);
  });
  return figure(w('distributionAlt'), function (width) { return width === HISTOGRAM_PAPER ? 210 : 280; }, function (width) {
    return {
      grid: { left: 8, right: 8, top: names.length > 1 ? 40 : 20, bottom: 2, containLabel: true },
      legend: names.length > 1 ? { top: 0, left: 0, data: names, selectedMode: false, itemWidth: 14, itemHeight: 12 } : undefined,
      xAxis: {
        type: 'category',
        data: bins.counts.map(function (counts, at) {
          var wide = width / bins.counts.length > 58;
          return wide ? w('rangeOf', bins.edges[at], bins.edges[at + 1]) : bins.edges[at];
        }),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: THIRD } },
        axisLabel: { color: INK, hideOverlap: true }
      },
      yAxis: { type: 'value', minInterval: 1, splitLine: { lineStyle: { color: FAINT } }, axisLabel: { color: INK } },
      series: names.map(function (name, grade) {
        return {
          name: name, type: 'bar', stack: 'all', barCategoryGap: '12%', barMaxWidth: 110, silent: true,
          itemStyle: { color: gradeColour(DATA.grades.length ? grade : null), borderColor: '#fff', borderWidth: 1 },
          data: bins.counts.map(function (counts) { return counts[grade] || 0; })
        };
      }).concat([{
        type: 'bar', barGap: '-100%', barCategoryGap: '12%', barMaxWidth: 110, silent: true, z: 3,
        itemStyle: { color: 'transparent' },
        label: { show: true, position: 'top', color: INK, formatter: function (held) { return held.value ? String(held.value) : ''; } },
        data: sums
      }])
    };
  }, HISTOGRAM_PAPER);
}

// Bars to the right, or to both sides of 0: rows of {title, value, label}.
function bars(alternative, rows, colour) {
  return figure(alternative, function (width) { return 24 + rows.length * (width === PAPER ? 22 : 30); }, function (width) {
    var labels = Math.min(260, Math.floor(width * 0.42));
    var values = rows.map(function (row) { return row.value; });
    var most = Math.max.apply(null, values.concat([0])), least = Math.min.apply(null, values.concat([0]));
    // Room for the numbers at the ends of the bars.
    var room = 56 * (most - least) / Math.max(80, width - labels - 130);
    return {
      grid: { left: labels + 14, right: 8, top: 4, bottom: 4 },
      xAxis: { type: 'value', min: least < 0 ? least - room : 0, max: most > 0 ? most + room : 0, axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: {
        type: 'category', inverse: true, axisTick: { show: false }, 
        axisLine: { onZero: true, show: true, lineStyle: { color: THIRD } },
        axisLabel: Object.assign(axisLabel(labels), { margin: 10 }),
        data: rows.map(function (row) { return row.title; })
      },
      series: [{
        type: 'bar', barWidth: 14, silent: true,
        data: rows.map(function (row) {
          return {
            value: row.value,
            itemStyle: { color: row.value < 0 ? SECOND : colour },
            label: { show: true, position: row.value < 0 ? 'left' : 'right', color: INK, formatter: function () { return row.label; } }
          };
        })
      }]
    };
  });
}

// The sections of a card against district and all, as shares of what each is worth.
function radar(card) {
  var own = pointsOf(card);
  var district = card.district === undefined ? null : pointsOf(DATA.districts[card.district]);
  var city = pointsOf(DATA.city);
  var scales = SCALES.filter(function (at) { return own[at] !== '-'; });
  if (scales.length < 3) { return null; }
  var share = function (points) {
    return scales.map(function (at) {
      var full = size(PARTS[at].full);
      return full ? Math.max(0, (size(points[at]) || 0) / full) : 0;
    });
  };
  var series = [
    { name: w('own'), value: share(own), symbol: 'circle', symbolSize: 6, lineStyle: { color: ACCENT, width: 2.5 }, itemStyle: { color: ACCENT }, areaStyle: { color: ACCENT, opacity: 0.12 } },
    district && { name: w('districtMean'), value: share(district), symbol: 'rect', symbolSize: 5, lineStyle: { color: SECOND, width: 1.8, type: 'dashed' }, itemStyle: { color: SECOND } },
    { name: w('cityShort'), value: share(city), symbol: 'triangle', symbolSize: 6, lineStyle: { color: THIRD, width: 1.8, type: 'dotted' }, itemStyle: { color: THIRD } }
  ].filter(Boolean);
  var names = scales.map(partTitle);
  return figure(w('radarAlt'), function (width) { return Math.min(400, Math.max(280, Math.round(0.8 * width))); }, function (width, height) {
    // The circle is as large as the names beside it leave room for.
    var labels = names.map(function (name) { return inLines(name, width < 420 ? 78 : 130); });
    var radius = (height - 30) / 2 - 40;
    labels.forEach(function (lines, at) {
      var aside = Math.abs(Math.sin(2 * Math.PI * at / labels.length));
      var wide = Math.max.apply(null, lines.map(textWidth));
      if (aside > 0.1) { radius = Math.min(radius, (width / 2 - wide - 18) / aside); }
    });
    return {
      legend: { bottom: 0, selectedMode: false, itemWidth: 12, itemHeight: 10, data: series.map(function (one) { return { name: one.name, icon: one.symbol }; }) },
      radar: {
        center: [width / 2, (height - 24) / 2], radius: Math.max(40, radius), splitNumber: 5,
        indicator: labels.map(function (lines) { return { name: lines.join('\n'), max: 1, min: 0 }; }),
        axisName: { color: INK, lineHeight: 15 },
        splitArea: { show: false }, splitLine: { lineStyle: { color: FAINT } }, axisLine: { lineStyle: { color: FAINT } }
      },
      series: [{ type: 'radar', silent: true, data: series.slice().reverse() }]
    };
  }, HALF_PAPER);
}
