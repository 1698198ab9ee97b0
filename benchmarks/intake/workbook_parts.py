"""The XML of a smallest workbook (ECMA-376, part 1): one sheet, its cells left open."""

_SHEET_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE_SPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_SPACE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE_SPACE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE_TYPE}.worksheet+xml"/>'
    "</Types>"
)
PACKAGE_PARTS = (
    f'<Relationships xmlns="{_PACKAGE_SPACE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE_SPACE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
WORKBOOK = (
    f'<workbook xmlns="{_SHEET_SPACE}" xmlns:r="{_OFFICE_SPACE}">'
    '<sheets><sheet name="Invoices" sheetId="1" r:id="r1"/></sheets></workbook>'
)
WORKBOOK_PARTS = (
    f'<Relationships xmlns="{_PACKAGE_SPACE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE_SPACE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
SHEET = f'<worksheet xmlns="{_SHEET_SPACE}"><sheetData><row r="1">{{cells}}</row></sheetData></worksheet>'
