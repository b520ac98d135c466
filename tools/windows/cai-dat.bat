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
set "OLD=%~dp0may-cu"
if not exist "%~dp0wheels\" goto not_unzipped
if not exist "%SYSTEM%\kiem-tra.py" goto not_unzipped
if "%HERE:~0,2%"=="\\" goto on_a_share

rem With .exe: a batch file of that name would end this one.
set PYTHON=py.exe -{PYTHON}
%PYTHON% "%SYSTEM%\kiem-tra.py" {PYTHON} >nul 2>nul
if "%ERRORLEVEL%"=="0" goto python_found
set PYTHON=python.exe
%PYTHON% "%SYSTEM%\kiem-tra.py" {PYTHON} >nul 2>nul
if "%ERRORLEVEL%"=="0" goto python_found
set PYTHON="%LOCALAPPDATA%\Programs\Python\Python{DIGITS}\python.exe"
%PYTHON% "%SYSTEM%\kiem-tra.py" {PYTHON} >nul 2>nul
if "%ERRORLEVEL%"=="0" goto python_found
set PYTHON="%LOCALAPPDATA%\Python\pythoncore-{PYTHON}-64\python.exe"
%PYTHON% "%SYSTEM%\kiem-tra.py" {PYTHON} >nul 2>nul
if "%ERRORLEVEL%"=="0" goto python_found
set PYTHON="%ProgramFiles%\Python{DIGITS}\python.exe"
%PYTHON% "%SYSTEM%\kiem-tra.py" {PYTHON} >nul 2>nul
if "%ERRORLEVEL%"=="0" goto python_found
goto no_python

:python_found
%PYTHON% "%SYSTEM%\noi-cai.py"
if not "%ERRORLEVEL%"=="0" goto wrong_place
type "%SYSTEM%\dang-cai.txt"
rem The mark "xong" is written last. A run that was stopped left the earlier docgen in may-cu: it goes back.
if not exist "%OLD%\" goto nothing_left
if exist "%MACHINE%\xong" goto old_is_over
if exist "%MACHINE%\" rmdir /s /q "%MACHINE%"
if exist "%MACHINE%\" goto in_use
ren "%OLD%" may
if not exist "%MACHINE%\" goto in_use
goto nothing_left

:old_is_over
rmdir /s /q "%OLD%"
if exist "%OLD%\" goto in_use

:nothing_left
rem Windows renames no folder in which a program runs: nothing is lost while docgen is open.
if exist "%MACHINE%\" ren "%MACHINE%" may-cu 2>nul
if exist "%MACHINE%\" goto in_use
%PYTHON% -m venv "%MACHINE%"
if not "%ERRORLEVEL%"=="0" goto no_environment
"%MACHINE%\Scripts\python.exe" "%SYSTEM%\cai.py"
if not "%ERRORLEVEL%"=="0" goto not_installed
type "%SYSTEM%\dang-thu.txt"
"%MACHINE%\Scripts\python.exe" -m docgen --version
if not "%ERRORLEVEL%"=="0" goto not_running
echo docgen {VERSION} >"%MACHINE%\xong"
if not exist "%MACHINE%\xong" goto no_environment
if exist "%OLD%\" rmdir /s /q "%OLD%"
type "%SYSTEM%\da-cai.txt"
pause
exit /b 0

:not_unzipped
echo Chua giai nen het. Bam phai vao tep zip, chon "Extract All..." hay "Giai nen tat ca", roi chay lai trong thu muc moi.
pause
exit /b 1

:on_a_share
type "%SYSTEM%\o-mang.txt"
pause
exit /b 1

:wrong_place
type "%SYSTEM%\sai-cho.txt"
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
if exist "%MACHINE%\" rmdir /s /q "%MACHINE%"
if exist "%OLD%\" ren "%OLD%" may
type "%SYSTEM%\khong-ghi-duoc.txt"
pause
exit /b 1

:not_installed
if exist "%MACHINE%\" rmdir /s /q "%MACHINE%"
if exist "%OLD%\" ren "%OLD%" may
type "%SYSTEM%\khong-cai-duoc.txt"
pause
exit /b 1

:not_running
if exist "%MACHINE%\" rmdir /s /q "%MACHINE%"
if exist "%OLD%\" ren "%OLD%" may
type "%SYSTEM%\khong-chay-duoc.txt"
pause
exit /b 1
