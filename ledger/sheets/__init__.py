"""Reading and writing CSV and XLSX: grids, columns, lists, templates and workbooks. Knows no register."""
