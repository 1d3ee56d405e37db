; Per-user installer for Windows: no administrator rights (KBV IT-Sicherheitsrichtlinie).
; Build: makensis -DVERSION=0.1.0 -DSOURCE=..\..\dist\papierbruecke-0.1.0 installer.nsi
Unicode true
Target amd64-unicode
Name "Papierbrücke"
OutFile "Papierbruecke-${VERSION}-Setup.exe"
InstallDir "$LOCALAPPDATA\Programs\Papierbruecke"
RequestExecutionLevel user
SetCompressor /SOLID lzma

!include "MUI2.nsh"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_LICENSE "..\..\LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "German"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Papierbruecke"

Section "Papierbrücke"
  SetOutPath "$INSTDIR"
  ; Files of an older version must not stay between the new ones.
  RMDir /r "$INSTDIR\_internal"
  File /r "${SOURCE}\*"
  WriteUninstaller "$INSTDIR\Deinstallieren.exe"
  CreateShortcut "$SMPROGRAMS\Papierbrücke.lnk" "$INSTDIR\Papierbruecke.exe"
  CreateShortcut "$SMSTARTUP\Papierbrücke.lnk" "$INSTDIR\Papierbruecke.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Papierbrücke"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\Deinstallieren.exe"'
SectionEnd

; The data folder stays: it holds records that the practice may still need.
Section "Uninstall"
  Delete "$SMPROGRAMS\Papierbrücke.lnk"
  Delete "$SMSTARTUP\Papierbrücke.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  RMDir /r "$INSTDIR"
SectionEnd
