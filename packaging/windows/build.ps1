# Builds the Windows installer on a Windows machine with Python 3.11 and NSIS 3.
# Tests run first; what fails is not packed.
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")
py -3.11 -m venv build\venv
$python = "build\venv\Scripts\python.exe"
& $python -m pip install --require-hashes -r requirements.lock
& $python -m pip install --no-deps -e .
& $python -m pip install "pyinstaller==6.22.3"
& $python -m pytest tests --ignore=tests/counterparts
if ($LASTEXITCODE -ne 0) { throw "Tests failed" }
& $python -m PyInstaller --noconfirm packaging\papierbruecke.spec
$version = & $python -c "import papierbruecke; print(papierbruecke.__version__)"
& makensis "-DVERSION=$version" "-DSOURCE=..\..\dist\papierbruecke-$version" packaging\windows\installer.nsi
