// The admin address serves the library beside the page's own modules, under the name of its file.
declare module "*/uPlot.esm.js" {
  import uPlot from "uplot";
  export default uPlot;
}
