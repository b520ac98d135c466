@echo off
rem Installs docgen beside this file, from the folder wheels alone: no network, no administrator.
rem This file is plain ASCII: what it says in Vietnamese lies in he-thong\*.txt (UTF-8) and is shown by "type".
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "PYTHONHOME="
set "PYTHONPATH="
set "HERE=%~dp0"
set "SYSTEM=%~dp0he-thong"
set "MACHINE=%~dp0may"
if not exist "%~dp0wheels\" goto not_unzipped
if not exist "%SYSTEM%\kiem-tra.py" goto not_unzipped
if "%HERE:~0,2%"=="\\" goto on_a_share

set PYTHON=py -3.13
%PYTHON% "%SYSTEM%\kiem-tra.py" >nul 2>nul
if "%ERRORLEVEL%"=="0" goto python_found
set PYTHON=python
%PYTHON% "%SYSTEM%\kiem-tra.py" >nul 2>nul
if "%ERRORLEVEL%"=="0" goto python_found
set PYTHON="%LOCALAPPDATA%\Programs\Python\Python313\python.exe"
%PYTHON% "%SYSTEM%\kiem-tra.py" >nul 2>nul
if "%ERRORLEVEL%"=="0" goto python_found
goto no_python

:python_found
type "%SYSTEM%\dang-cai.txt"
if exist "%MACHINE%\" rmdir /s /q "%MACHINE%"
if exist "%MACHINE%\" goto in_use
%PYTHON% -m venv "%MACHINE%"
if not "%ERRORLEVEL%"=="0" goto no_environment
"%MACHINE%\Scripts\python.exe" -m pip --isolated install --quiet --disable-pip-version-check --no-index --no-deps --require-hashes --find-links "%~dp0wheels" -r "%SYSTEM%\cai-gi.txt"
if not "%ERRORLEVEL%"=="0" goto not_installed
"%MACHINE%\Scripts\python.exe" -m docgen --version
if not "%ERRORLEVEL%"=="0" goto not_running
type "%SYSTEM%\da-cai.txt"
pause
exit /b 0

:not_unzipped
echo Chua giai nen het. Bam phai vao tep zip, chon "Extract All...", vao C:\docgen, roi chay lai o do.
pause
exit /b 1

:on_a_share
type "%SYSTEM%\o-mang.txt"
pause
exit /b 1

:no_python
type "%SYSTEM%\chua-co-python.txt"
pause
exit /b 1

:in_use
type "%SYSTEM%\dang-mo.txt"
pause
exit /b 1

:no_environment
type "%SYSTEM%\khong-ghi-duoc.txt"
pause
exit /b 1

:not_installed
rmdir /s /q "%MACHINE%"
type "%SYSTEM%\khong-cai-duoc.txt"
pause
exit /b 1

:not_running
rmdir /s /q "%MACHINE%"
type "%SYSTEM%\khong-chay-duoc.txt"
pause
exit /b 1
