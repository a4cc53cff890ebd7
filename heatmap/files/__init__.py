"""Files that people save: text, cells of a CSV, workbooks."""
