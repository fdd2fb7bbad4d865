// Draw the neighbourhood that the page holds.
const element = document.getElementById("graph");
const data = JSON.parse(document.getElementById("graph-data").textContent);
const options = JSON.parse(document.getElementById("graph-options").textContent);
const style = getComputedStyle(document.documentElement);
const nodes = new vis.DataSet(data.nodes);
const edges = new vis.DataSet(data.edges);
options.nodes.font.color = style.getPropertyValue("--ink").trim();
window.network = new vis.Network(element, { nodes, edges }, options);
element.dataset.ready = "yes";
