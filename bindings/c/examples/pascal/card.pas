{ One community, from Pascal: fpc -Fl<folder of the library> card.pas }
program card;

{$IFDEF FPC}{$MODE DELPHI}{$ENDIF}

uses
  SysUtils, dabiao;

type
  TKnown = record
    measure: UTF8String;
    value: Double;
  end;

const
  Known: array[0..10] of TKnown = (
    (measure: 'organisation_coverage'; value: 97.5),
    (measure: 'community_workers'; value: 12),
    (measure: 'residents'; value: 8000),
    (measure: 'training_hours'; value: 36),
    (measure: 'duty_rules'; value: 1),
    (measure: 'household_visits'; value: 1),
    (measure: 'duty_rota'; value: 1),
    (measure: 'performance_appraisal'; value: 0),
    (measure: 'compounds'; value: 5),
    (measure: 'red_compounds'; value: 4),
    (measure: 'activities'; value: 11));

procedure Score(standard, scorer: TDabiaoHandle);
var
  info: TDabiaoStandardInfo;
  values: array of Double;
  states, itemStates: array of Byte;
  sections: array of Int64;
  made: TDabiaoCard;
  parts: TDabiaoCardParts;
  part: TDabiaoPart;
  at: NativeUInt;
  i, missing: Integer;
begin
  DabiaoCheck(dabiao_standard_about(standard, info));
  SetLength(values, info.measures);
  SetLength(states, info.measures);
  SetLength(sections, info.sections);
  SetLength(itemStates, info.items);
  for i := 0 to High(states) do
    states[i] := DABIAO_MISSING;
  for i := 0 to High(Known) do
  begin
    DabiaoCheck(dabiao_standard_find_measure(standard, PUtf8(Known[i].measure), at));
    values[at] := Known[i].value;
    states[at] := DABIAO_VALUE;
  end;

  FillChar(parts, SizeOf(parts), 0);
  parts.section_points := @sections[0];
  parts.sections := info.sections;
  parts.item_states := @itemStates[0];
  parts.items := info.items;
  DabiaoCheck(dabiao_scorer_score(scorer, @values[0], @states[0], info.measures, made, @parts));

  WriteLn(UTF8String(info.title_en), ' (', UTF8String(info.id), ')');
  Write('total ', DabiaoPoints(made.total, made.total_decimals), ' of ', info.full_marks:0:0);
  if made.grade <> DABIAO_NO_GRADE then
  begin
    DabiaoCheck(dabiao_standard_part(standard, DABIAO_PART_GRADE, made.grade, part));
    Write(', grade ', UTF8String(part.title_en));
  end;
  if made.flags and DABIAO_FLAG_PROVISIONAL <> 0 then
    Write(', provisional');
  WriteLn;
  for i := 0 to High(sections) do
  begin
    DabiaoCheck(dabiao_standard_part(standard, DABIAO_PART_SECTION, i, part));
    WriteLn('  ', UTF8String(part.code), ' ', UTF8String(part.title_en), ': ',
      DabiaoPoints(sections[i], made.decimals), ' of ', part.points:0:0);
  end;
  missing := 0;
  for i := 0 to High(itemStates) do
    if itemStates[i] and DABIAO_STATE_MISSING <> 0 then
      Inc(missing);
  WriteLn('items with a missing value: ', missing, ' of ', info.items);
end;

var
  standard, scorer: TDabiaoHandle;
begin
  scorer := nil;
  DabiaoCheck(dabiao_standard_builtin('weihai-2020', standard));
  try
    DabiaoCheck(dabiao_scorer_new(standard, nil, scorer));
    Score(standard, scorer);
  finally
    dabiao_scorer_free(scorer);
    dabiao_standard_free(standard);
  end;
  { A failure is an exception that says what is wrong. }
  try
    DabiaoCheck(dabiao_standard_builtin('weihai-1920', standard));
    Halt(1);
  except
    on failure: EDabiao do
      if Pos('weihai-1920', failure.Message) = 0 then
        Halt(1);
  end;
end.
