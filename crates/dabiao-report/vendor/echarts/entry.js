// What the report uses of Apache ECharts: bars and radars, drawn as SVG.
import { init, use } from 'echarts/core';
import { BarChart, RadarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, RadarComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, RadarChart, GridComponent, LegendComponent, RadarComponent, SVGRenderer]);

export { init };
