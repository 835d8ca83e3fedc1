// The widget: the page of a picture in a frame, which tells what is selected in it.

function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = "govgraph";
  frame.sandbox = "allow-scripts allow-downloads";
  frame.srcdoc = model.get("page");
  frame.style.cssText = `width: 100%; height: ${model.get("height")}; border: 1px solid #ddd`;
  const told = (event) => {
    if (event.source !== frame.contentWindow || event.data?.govgraph !== "selected") return;
    model.set("selected", event.data.id ?? "");
    model.set("name", event.data.name ?? "");
    model.save_changes();
  };
  addEventListener("message", told);
  model.on("change:page", () => (frame.srcdoc = model.get("page")));
  el.append(frame);
  return () => removeEventListener("message", told);
}

export default { render };
