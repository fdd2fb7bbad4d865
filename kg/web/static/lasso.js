// The lasso: a line around nodes that chooses them.
import { say } from "./shown.js";

// `chosen` is called with the names of the nodes of `visible()` that the line goes around.
export function lassoOn(element, network, visible, chosen) {
  let on = false, line = [];
  function turn(yes = !on) {
    on = yes;
    document.getElementById("lasso").setAttribute("aria-pressed", String(yes));
    network.setOptions({ interaction: { dragView: !yes, dragNodes: !yes } });
    say(yes ? "Draw a line around nodes to select them." : "");
  }
  const under = (event) => { const box = element.getBoundingClientRect(); return network.DOMtoCanvas({ x: event.clientX - box.left, y: event.clientY - box.top }); };
  element.addEventListener("pointerdown", (event) => { if (on) { line = [under(event)]; event.stopPropagation(); } }, true);
  element.addEventListener("pointermove", (event) => { if (line.length) { line.push(under(event)); network.redraw(); } }, true);
  addEventListener("pointerup", () => {
    if (!line.length) return;
    const around = new Path2D(`M${line.map(({ x, y }) => `${x} ${y}`).join("L")}Z`), pen = document.createElement("canvas").getContext("2d");
    const at = network.getPositions(), found = visible().filter(({ id }) => pen.isPointInPath(around, at[id].x, at[id].y)).map(({ id }) => id);
    line = [];
    turn(false);
    if (found.length) setTimeout(() => chosen(found));
    network.redraw();
  });
  const color = () => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  return {
    turn,
    draw(ctx) {
      if (!line.length) return;
      const scale = network.getScale();
      ctx.strokeStyle = color(); ctx.lineWidth = 2 / scale; ctx.setLineDash([6 / scale, 4 / scale]);
      ctx.beginPath();
      for (const [n, { x, y }] of line.entries()) n ? ctx.lineTo(x, y) : ctx.moveTo(x, y);
      ctx.stroke(); ctx.setLineDash([]);
    },
  };
}
