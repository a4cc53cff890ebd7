// On pages without a map: hand over what the search needs before the other scripts ask for it.
window.heat = window.heat || {};
heat.page = JSON.parse(document.getElementById('heat-page').textContent);
