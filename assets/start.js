// On pages without a map: hand over what the search needs before the other scripts ask for it.
heat.page = JSON.parse(heat.at('heat-page').textContent);
