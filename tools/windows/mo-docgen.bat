@echo off
rem Opens docgen in the browser; the data lies in the folder docgen-du-lieu of the one who is signed in to Windows.
setlocal EnableExtensions DisableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "PYTHONHOME="
set "PYTHONPATH="
set "SYSTEM=%~dp0he-thong"
set "MACHINE=%~dp0may"
if not exist "%SYSTEM%\mo.py" goto copied
if not exist "%MACHINE%\xong" goto not_installed
"%MACHINE%\Scripts\python.exe" "%SYSTEM%\kiem-tra.py" {PYTHON} >nul 2>nul
if not "%ERRORLEVEL%"=="0" goto no_python
type "%SYSTEM%\giu-cua-so.txt"
"%MACHINE%\Scripts\python.exe" "%SYSTEM%\mo.py"
if not "%ERRORLEVEL%"=="0" goto stopped
pause
exit /b 0

:copied
echo Tep nay da bi chep hay chuyen ra ngoai thu muc cua docgen. Xoa ban chep nay; vao thu muc cua docgen,
echo bam phai vao mo-docgen.bat, chon "Send to" hay "Gui toi", roi "Desktop" hay "Man hinh nen".
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

:stopped
type "%SYSTEM%\da-dung.txt"
pause
exit /b 1
