@echo off
rem Writes all data of docgen into a new zip file, also while docgen is open; a folder or a drive dropped on it is where to.
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "PYTHONHOME="
set "PYTHONPATH="
set "SYSTEM=%~dp0he-thong"
set "MACHINE=%~dp0may"
if not exist "%SYSTEM%\sao-luu.py" goto copied
if not exist "%MACHINE%\xong" goto not_installed
"%MACHINE%\Scripts\python.exe" "%SYSTEM%\kiem-tra.py" {PYTHON} >nul 2>nul
if not "%ERRORLEVEL%"=="0" goto no_python
if not "%~1"=="" goto given
"%MACHINE%\Scripts\python.exe" "%SYSTEM%\sao-luu.py"
if not "%ERRORLEVEL%"=="0" goto not_saved
goto saved

:given
rem With the dot: the backslash of E:\ would keep the quote after it from ending the word.
"%MACHINE%\Scripts\python.exe" "%SYSTEM%\sao-luu.py" "%~1\."
if not "%ERRORLEVEL%"=="0" goto not_saved

:saved
type "%SYSTEM%\da-sao-luu.txt"
pause
exit /b 0

:copied
echo Tep nay da bi chep hay chuyen ra ngoai thu muc cua docgen. Xoa ban chep nay; vao thu muc cua docgen,
echo bam phai vao sao-luu.bat, chon "Send to" hay "Gui toi", roi "Desktop" hay "Man hinh nen".
pause
exit /b 1

:not_installed
type "%SYSTEM%\chua-cai.txt"
pause
exit /b 1

:no_python
type "%SYSTEM%\mat-python.txt"
pause
exit /b 1

:not_saved
type "%SYSTEM%\khong-sao-luu-duoc.txt"
pause
exit /b 1
