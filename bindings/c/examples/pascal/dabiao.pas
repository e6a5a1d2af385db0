{ Declarations of libdabiao for Free Pascal and Delphi, ready to copy into a system.

  Texts are UTF-8: pass UTF8String, read PAnsiChar with UTF8String(...). A handle is a pointer
  that is passed on and never read. }
unit dabiao;

{$IFDEF FPC}{$MODE DELPHI}{$ENDIF}
{$A8}

interface

uses
  SysUtils, Math;

const
  {$IFDEF MSWINDOWS}
  DabiaoLibrary = 'dabiao.dll';
  {$ELSE}
  DabiaoLibrary = 'dabiao';
  {$ENDIF}

  { Pascal does not tell it from the function if it is spelled as in C. }
  DabiaoAbi = 1;
  DABIAO_OK = 0;
  DABIAO_VALUE = 0;
  DABIAO_MISSING = 1;
  DABIAO_NOT_APPLICABLE = 2;
  DABIAO_LANG_ZH = 0;
  DABIAO_LANG_EN = 1;
  DABIAO_PART_SECTION = 0;
  DABIAO_PART_ITEM = 1;
  DABIAO_PART_BONUS = 2;
  DABIAO_PART_DEDUCTION = 3;
  DABIAO_PART_VETO = 4;
  DABIAO_PART_GRADE = 5;
  DABIAO_NO_POINTS = Low(Int64);
  DABIAO_NO_GRADE = -1;
  DABIAO_FLAG_PROVISIONAL = 1;
  DABIAO_STATE_MISSING = 2;

type
  TDabiaoHandle = Pointer;
  PUtf8 = PAnsiChar;

  TDabiaoStandardInfo = record
    id, version, title_zh, title_en, notice_zh, notice_en, source: PUtf8;
    full_marks: Double;
    decimals, total_decimals: Cardinal;
    measures, sections, items, bonuses, deductions, vetoes, grades: NativeUInt;
  end;

  TDabiaoPart = record
    code, title_zh, title_en: PUtf8;
    parent: NativeUInt;
    points: Double;
  end;

  TDabiaoCard = record
    total, total_before_bonus, bonus, deductions: Int64;
    total_value, total_before_bonus_value: Double;
    grade, grade_earned: Integer;
    flags, rank, vetoes, decimals, total_decimals, reserved: Cardinal;
  end;

  TDabiaoCardParts = record
    section_points: PInt64;
    section_values: PDouble;
    sections: NativeUInt;
    item_points: PInt64;
    item_values: PDouble;
    item_states: PByte;
    items: NativeUInt;
    bonus_points: PInt64;
    bonuses: NativeUInt;
    deduction_points: PInt64;
    deductions: NativeUInt;
    veto_states: PByte;
    vetoes: NativeUInt;
  end;

  EDabiao = class(Exception)
  public
    { Every fault of an input, as JSON. }
    Faults: UTF8String;
  end;

function dabiao_abi_version: Cardinal; cdecl; external DabiaoLibrary;
function dabiao_last_error_message(lang: Integer): PUtf8; cdecl; external DabiaoLibrary;
function dabiao_last_error_faults: PUtf8; cdecl; external DabiaoLibrary;
function dabiao_standard_builtin(id: PUtf8; out made: TDabiaoHandle): Integer; cdecl; external DabiaoLibrary;
function dabiao_standard_from_file(path: PUtf8; out made: TDabiaoHandle): Integer; cdecl; external DabiaoLibrary;
function dabiao_standard_about(standard: TDabiaoHandle; out info: TDabiaoStandardInfo): Integer; cdecl; external DabiaoLibrary;
function dabiao_standard_find_measure(standard: TDabiaoHandle; name: PUtf8; out index: NativeUInt): Integer; cdecl; external DabiaoLibrary;
function dabiao_standard_part(standard: TDabiaoHandle; kind: Integer; index: NativeUInt; out part: TDabiaoPart): Integer; cdecl; external DabiaoLibrary;
function dabiao_standard_free(standard: TDabiaoHandle): Integer; cdecl; external DabiaoLibrary;
function dabiao_scorer_new(standard, statistics: TDabiaoHandle; out made: TDabiaoHandle): Integer; cdecl; external DabiaoLibrary;
function dabiao_scorer_score(scorer: TDabiaoHandle; values: PDouble; states: PByte; length: NativeUInt;
  out card: TDabiaoCard; parts: Pointer): Integer; cdecl; external DabiaoLibrary;
function dabiao_scorer_free(scorer: TDabiaoHandle): Integer; cdecl; external DabiaoLibrary;

{ Raises EDabiao where a call failed. }
procedure DabiaoCheck(status: Integer);

{ Points as they are published, with exactly so many digits after the point. }
function DabiaoPoints(scaled: Int64; decimals: Cardinal): string;

implementation

procedure DabiaoCheck(status: Integer);
var
  failure: EDabiao;
begin
  if status = DABIAO_OK then
    Exit;
  failure := EDabiao.Create(string(UTF8String(dabiao_last_error_message(DABIAO_LANG_EN))));
  failure.Faults := UTF8String(dabiao_last_error_faults);
  raise failure;
end;

function DabiaoPoints(scaled: Int64; decimals: Cardinal): string;
var
  digits: string;
begin
  if scaled = DABIAO_NO_POINTS then
    Exit('-');
  digits := IntToStr(Abs(scaled));
  while Cardinal(Length(digits)) <= decimals do
    digits := '0' + digits;
  if decimals > 0 then
    Insert('.', digits, Length(digits) - Integer(decimals) + 1);
  if scaled < 0 then
    digits := '-' + digits;
  Result := digits;
end;

initialization
  { Pascal lets the processor trap on NaN and infinity; a library in C, C++ or Rust does not
    expect that. }
  SetExceptionMask([exInvalidOp, exDenormalized, exZeroDivide, exOverflow, exUnderflow, exPrecision]);
  if dabiao_abi_version <> DabiaoAbi then
    raise EDabiao.Create('libdabiao is of another ABI');
end.
